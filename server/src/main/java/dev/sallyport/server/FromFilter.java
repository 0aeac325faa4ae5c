package dev.sallyport.server;

import dev.sallyport.identity.UnspentProof;
import dev.sallyport.server.signin.AuthRefusal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Hands handlers what {@link ApiAuthentication} has found of a call: the caller, and the proof of possession to those that
 * spend it with what they do (it is spent already unless {@link LateProofs} says so).
 *
 * @param type of the parameter
 * @param attribute of the request that holds it
 */
record FromFilter(Class<?> type, String attribute) implements HandlerMethodArgumentResolver {
    /** The request attribute that holds the proof. */
    static final String PROOF = UnspentProof.class.getName();

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(type);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Object found = request.getAttribute(attribute, RequestAttributes.SCOPE_REQUEST);
        if (found == null) {
            throw AuthRefusal.REQUIRED.because("nobody is signed in", "run: sallyport login");
        }
        return found;
    }
}
