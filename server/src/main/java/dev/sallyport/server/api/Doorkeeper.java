package dev.sallyport.server.api;

import dev.sallyport.base.Text;
import dev.sallyport.server.Caller;
import dev.sallyport.server.HttpRefusal;
import dev.sallyport.server.signin.AuthRefusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Stands before every call of the API: each handler declares who gets in ({@link Needs}, {@link SignedIn} or {@link
 * Public}), and one that declares nothing lets nobody in.
 */
final class Doorkeeper implements HandlerInterceptor, WebMvcConfigurer {
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            admit(request, method);
        }
        refuseControlCharacters(request.getQueryString());
        return true;
    }

    private static void admit(HttpServletRequest request, HandlerMethod method) {
        if (method.hasMethodAnnotation(Public.class)) {
            return;
        }
        if (!(request.getAttribute(Caller.ATTRIBUTE) instanceof Caller caller)) {
            throw AuthRefusal.REQUIRED.because("nobody is signed in", "run: sallyport login");
        }
        Optional<String> right = right(method);
        if (right.isPresent()) {
            caller.require(right.get());
        } else if (!method.hasMethodAnnotation(SignedIn.class)) {
            throw AuthRefusal.MISSING_RIGHT.because("this call does not say who may make it, so nobody may");
        }
    }

    /** The right that a handler needs. */
    static Optional<String> right(HandlerMethod method) {
        return Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), Needs.class))
                .map(Needs::value);
    }

    /** No value of ours holds one, and the database knows no U+0000. */
    private static void refuseControlCharacters(@Nullable String query) {
        if (query == null) {
            return;
        }
        String decoded;
        try {
            decoded = URLDecoder.decode(query, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw HttpRefusal.MALFORMED.because("the query is not percent-encoded as it should be");
        }
        if (decoded.codePoints().anyMatch(Text::isUnprintable)) {
            throw HttpRefusal.MALFORMED.because("the query holds a control character (expected: plain text)");
        }
    }
}
