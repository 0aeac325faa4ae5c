package dev.sallyport.server;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * An answer that stays here until something is settled, and is then let go or thrown away whole. What would make it leave
 * earlier settles that first.
 */
final class HeldAnswer extends ContentCachingResponseWrapper {
    private final Runnable settle;

    /** @param settle does nothing when all is well, and throws when this answer may not leave */
    HeldAnswer(HttpServletResponse response, Runnable settle) {
        super(response);
        this.settle = settle;
    }

    void release() throws IOException {
        settle.run();
        copyBodyToResponse();
    }

    /** Forgets everything that was answered, but for the name of the request. */
    void discard() {
        String id = getHeader(RequestLimits.REQUEST_ID);
        reset();
        if (id != null) {
            setHeader(RequestLimits.REQUEST_ID, id);
        }
    }

    @Override
    public void sendError(int status) throws IOException {
        settle.run();
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        settle.run();
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        settle.run();
        super.sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clear) throws IOException {
        settle.run();
        super.sendRedirect(location, status, clear);
    }
}
