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

/** Hands the proof of a call to handlers that spend it with what they do; it is spent already unless {@link LateProofs} says so. */
final class ProofResolver implements HandlerMethodArgumentResolver {
    /** The request attribute that holds the proof. */
    static final String ATTRIBUTE = UnspentProof.class.getName();

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(UnspentProof.class);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Object proof = request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        if (proof == null) {
            throw AuthRefusal.REQUIRED.because("nobody is signed in", "run: sallyport login");
        }
        return proof;
    }
}
