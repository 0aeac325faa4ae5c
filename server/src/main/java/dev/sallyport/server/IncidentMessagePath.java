package dev.sallyport.server;

import dev.sallyport.base.Names;
import dev.sallyport.base.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * {@code POST /api/v1/incidents?source=NAME} is another way to write {@code POST
 * /api/v1/incident-sources/NAME/messages}: what sends PagerDuty's or Opsgenie's messages posts them where people and
 * programs open incidents. Without a source it is a call that needs an access token.
 */
final class IncidentMessagePath extends OncePerRequestFilter {
    private static final String INCIDENTS = "/api/v1/incidents";

    private final ApiProblems problems;

    IncidentMessagePath(ApiProblems problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<String> source = source(request);
        try {
            source.ifPresent(name -> Names.check("source", name));
        } catch (Refusal refusal) {
            problems.write(request, response, refusal);
            return;
        }
        chain.doFilter(source.isPresent() ? new Message(request, source.get()) : request, response);
    }

    private static Optional<String> source(HttpServletRequest request) {
        String query = request.getQueryString();
        if (!request.getMethod().equals("POST") || !request.getRequestURI().equals(INCIDENTS) || query == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(UriComponentsBuilder.newInstance()
                .query(query)
                .build()
                .getQueryParams()
                .getFirst("source"));
    }

    private static final class Message extends HttpServletRequestWrapper {
        private final String path;

        Message(HttpServletRequest request, String source) {
            super(request);
            this.path = "/api/v1/incident-sources/" + source + "/messages";
        }

        @Override
        public String getRequestURI() {
            return path;
        }

        @Override
        public String getServletPath() {
            return path;
        }
    }
}
