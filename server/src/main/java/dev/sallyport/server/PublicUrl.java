package dev.sallyport.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * A request that knows itself by the URL clients use, whatever the Host header or a proxy says: proofs of possession are
 * made for that URL.
 */
final class PublicUrl extends HttpServletRequestWrapper {
    private final String url;

    PublicUrl(HttpServletRequest request, String url) {
        super(request);
        this.url = url;
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(url).append(getRequestURI());
    }
}
