package dev.sallyport.server.metrics;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/** Measures every request by its route. */
public final class RequestTimer extends OncePerRequestFilter {
    private final Measures measures;

    public RequestTimer(Measures measures) {
        this.measures = measures;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long began = System.nanoTime();
        try {
            chain.doFilter(request, response);
        } finally {
            // what no handler answered (sign-in endpoints, refusals of filters, unknown paths) shares one route
            Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
            measures.answered(
                    request.getMethod().length() > 7 ? "OTHER" : request.getMethod(),
                    route == null
                            ? (request.getRequestURI().startsWith("/oauth2/") ? "/oauth2" : "other")
                            : route.toString(),
                    response.getStatus(),
                    Duration.ofNanos(System.nanoTime() - began));
        }
    }
}
