package dev.sallyport.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers for what the container turns down before the application sees it, such as a malformed request line: a problem
 * like all others, in place of the container's page. Nothing of the request and nothing about the container is in it.
 * Public, because the container makes it by its name.
 */
public final class ContainerProblems extends ErrorReportValve {
    private static final JsonMapper JSON = new JsonMapper();

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported() || !writable(response)) {
            return;
        }
        try {
            response.setContentType(Problem.MEDIA_TYPE);
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
            response.setHeader("Cache-Control", "no-store");
            response.setHeader("X-Content-Type-Options", "nosniff");
            PrintWriter body = response.getReporter();
            if (body != null) {
                body.write(JSON.writeValueAsString(ErrorPages.problem(status)));
                response.finishResponse();
            }
        } catch (IOException e) {
            // the client is gone, and there is nobody else to tell
        }
    }

    private static boolean writable(Response response) {
        var allowed = new AtomicBoolean(false);
        response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, allowed);
        return allowed.get();
    }
}
