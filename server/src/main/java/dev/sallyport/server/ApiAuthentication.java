package dev.sallyport.server;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.signin.Authenticator;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Lets a call of the API through only as somebody's, except to the public paths. */
final class ApiAuthentication extends OncePerRequestFilter {
    private final Authenticator authenticator;
    private final RateLimits rates;
    private final ApiProblems problems;
    private final List<PathPattern> open;

    ApiAuthentication(Authenticator authenticator, RateLimits rates, ApiProblems problems) {
        this.authenticator = authenticator;
        this.rates = rates;
        this.problems = problems;
        this.open = PublicPaths.API.stream()
                .map(PathPatternParser.defaultInstance::parse)
                .toList();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        PathContainer path = PathContainer.parsePath(request.getRequestURI());
        if (open.stream().noneMatch(pattern -> pattern.matches(path))) {
            try {
                Caller caller = authenticator.caller(request);
                rates.person(caller.personId().value());
                request.setAttribute(Caller.ATTRIBUTE, caller);
            } catch (Refusal refusal) {
                problems.write(request, response, refusal);
                return;
            }
        }
        chain.doFilter(request, response);
    }
}
