package dev.sallyport.server.portal;

import dev.sallyport.server.Caller;
import dev.sallyport.server.signin.SavedRequests;
import dev.sallyport.server.signin.WebSessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Stands before every page of the portal: whoever is not signed in goes to the sign-in page first, and comes back. */
final class Door implements HandlerInterceptor, HandlerMethodArgumentResolver, WebMvcConfigurer {
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final Portal portal;

    Door(WebSessions sessions, SavedRequests saved, Portal portal) {
        this.sessions = sessions;
        this.saved = saved;
        this.portal = portal;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).excludePathPatterns("/api/**");
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!isPage(handler)) {
            return true;
        }
        Optional<Caller> caller = sessions.caller(request);
        if (caller.isEmpty()) {
            saved.saveRequest(request, response);
            response.setStatus(302);
            response.setHeader("Location", portal.look().to("/login"));
            return false;
        }
        portal.rates().person(caller.get().personId().value());
        if (!isByItself(request)) {
            sessions.used(request);
        }
        var visit = new Visit(portal, caller.get(), request, response);
        request.setAttribute(Visit.ATTRIBUTE, visit);
        if (leavesTraces(request) && isSentByAnotherSite(request)) {
            askFirst(visit, response);
            return false;
        }
        return true;
    }

    private static boolean isPage(Object handler) {
        return handler instanceof HandlerMethod method
                && java.util.Arrays.stream(method.getMethodParameters())
                        .anyMatch(parameter -> parameter.getParameterType().equals(Visit.class));
    }

    /** Looking there is an event in the name of who looks, or costs much: no other site may cause it by a link. */
    private static boolean leavesTraces(HttpServletRequest request) {
        String path = request.getRequestURI();
        return request.getMethod().equals("GET")
                && (path.startsWith("/sessions/")
                        || path.startsWith("/reviews/")
                        || path.startsWith("/terminals/")
                        || path.startsWith("/policy/")
                        || path.equals("/commands")
                        || path.equals("/sessions") && request.getQueryString() != null);
    }

    private static boolean isSentByAnotherSite(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    private static void askFirst(Visit visit, HttpServletResponse response) {
        try {
            Visit.write(response, visit.show("go-on", Map.of("address", visit.here("said", ""))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What pages ask for without anybody doing something: it keeps nobody signed in. */
    private static boolean isByItself(HttpServletRequest request) {
        return request.getHeader("HX-Request") != null
                || request.getRequestURI().endsWith("/frames")
                || request.getRequestURI().endsWith("/socket");
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(Visit.class);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Object visit = request.getAttribute(Visit.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        if (visit == null) {
            throw new IllegalStateException("nobody has come through the door");
        }
        return visit;
    }
}
