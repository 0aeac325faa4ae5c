package dev.sallyport.server;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.page.Refusals;
import dev.sallyport.server.transport.Listener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.web.filter.OncePerRequestFilter;

/** The first filter: so many requests of an address, so large a body, and an id for each request. */
final class RequestLimits extends OncePerRequestFilter {
    /** The largest body of a request. */
    static final long BODY_BYTES = 1L << 20;

    /** A file that somebody moves through a terminal of theirs; it is passed on as it comes. */
    static final long FILE_BYTES = 4L << 30;

    /** Catalogue files come together. */
    static final long CATALOG_BODY_BYTES = 10L << 20;

    static final String REQUEST_ID = "X-Request-Id";

    private final RateLimits rates;
    private final Refusals refusals;

    private final String url;

    RequestLimits(RateLimits rates, Refusals refusals, ServerConfig config) {
        this.rates = rates;
        this.refusals = refusals;
        this.url = config.url().toString();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader(REQUEST_ID, dev.sallyport.base.Ids.next("rqt_"));
        try {
            rates.address(request.getRemoteAddr());
            if ((request.getServletPath().startsWith("/login")
                            || request.getServletPath().startsWith("/reset-password"))
                    && request.getMethod().equals("POST")) {
                rates.signIn(request.getRemoteAddr());
            }
            boolean form = request.getContentType() != null
                    && request.getContentType().startsWith("application/x-www-form-urlencoded");
            long limit = form ? Listener.FORM_BYTES : limit(request.getRequestURI());
            if (request.getContentLengthLong() > limit) {
                throw form ? formTooLarge() : tooLarge(limit);
            }
            // forms are read by the container, within its own limit, and what it does not read is bounded here
            chain.doFilter(new Bounded(new PublicUrl(request, url), limit), response);
        } catch (Refusal refusal) {
            refusals.write(request, response, refusal);
        } catch (IllegalStateException e) {
            // the framework's own endpoints wrap what a store of ours refuses
            refusals.write(request, response, refusalIn(e));
        }
    }

    private static long limit(String path) {
        if (path.startsWith("/terminals/") && path.endsWith("/file")) {
            return FILE_BYTES;
        }
        return path.startsWith("/api/v1/catalog/") ? CATALOG_BODY_BYTES : BODY_BYTES;
    }

    private static Refusal refusalIn(IllegalStateException fault) {
        if (fault instanceof InvalidParameterException form && form.getErrorCode() == 413) {
            return formTooLarge();
        }
        for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
        }
        throw fault;
    }

    private static Refusal formTooLarge() {
        return HttpRefusal.TOO_LARGE.because(
                "the form is too large (allowed: " + Listener.FORM_BYTES + " bytes)",
                "go back: what you typed is still there; send less at once, or use the command line, which may send "
                        + BODY_BYTES + " bytes");
    }

    private static Refusal tooLarge(long limit) {
        return HttpRefusal.TOO_LARGE.because("the body is too large (allowed: " + limit + " bytes)");
    }

    /** A request whose body ends with a refusal where the limit is. */
    private static final class Bounded extends HttpServletRequestWrapper {
        private final long limit;

        Bounded(HttpServletRequest request, long limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new BoundedStream(super.getInputStream(), limit);
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    private static final class BoundedStream extends ServletInputStream {
        private final ServletInputStream body;
        private final long limit;
        private long left;

        BoundedStream(ServletInputStream body, long limit) {
            this.body = body;
            this.limit = limit;
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            int value = body.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = body.read(buffer, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw tooLarge(limit);
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
