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
        if (open.stream().anyMatch(pattern -> pattern.matches(path))) {
            chain.doFilter(request, response);
            return;
        }
        Authenticator.Shown shown;
        try {
            shown = authenticator.shown(request);
            if (!LateProofs.include(request)) {
                shown.proof().spend();
            }
        } catch (Refusal refusal) {
            problems.write(request, response, refusal);
            return;
        }
        if (LateProofs.include(request)) {
            late(request, response, chain, shown);
        } else {
            admit(request, response, chain, shown);
        }
    }

    private void admit(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Authenticator.Shown shown)
            throws ServletException, IOException {
        try {
            Caller caller = authenticator.caller(request, shown);
            rates.person(caller.personId().value());
            request.setAttribute(Caller.ATTRIBUTE, caller);
            request.setAttribute(FromFilter.PROOF, shown.proof());
        } catch (Refusal refusal) {
            problems.write(request, response, refusal);
            return;
        }
        chain.doFilter(request, response);
    }

    /** Whatever becomes of the call, nothing of it is answered before its proof is spent, here if not by the handler. */
    private void late(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Authenticator.Shown shown)
            throws ServletException, IOException {
        var held = new HeldAnswer(response, shown.proof()::spend);
        try {
            try {
                admit(request, held, chain, shown);
            } finally {
                shown.proof().spend();
            }
        } catch (Refusal refusal) {
            held.discard();
            problems.write(request, response, refusal);
            return;
        }
        held.release();
    }
}
