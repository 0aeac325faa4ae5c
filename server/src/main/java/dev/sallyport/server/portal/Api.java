package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.Caller;
import dev.sallyport.server.api.Needs;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Calls our own API on behalf of who is signed in at a browser, inside this process: the same handlers, behind the same
 * doorkeeper, reading and writing the same JSON as over the network. The portal knows no other way to anything.
 */
final class Api {
    private final Supplier<RequestMappingHandlerMapping> mapping;
    private final Supplier<RequestMappingHandlerAdapter> adapter;
    private final Supplier<HandlerExceptionResolver> problems;
    private final JsonMapper json;

    Api(
            Supplier<RequestMappingHandlerMapping> mapping,
            Supplier<RequestMappingHandlerAdapter> adapter,
            Supplier<HandlerExceptionResolver> problems,
            JsonMapper json) {
        this.mapping = mapping;
        this.adapter = adapter;
        this.problems = problems;
        this.json = json;
    }

    /**
     * Makes the call and returns its answer; an answer without a body is null JSON.
     *
     * @throws Refusal what the API refuses, as it refuses it
     */
    Doc call(Caller caller, HttpServletRequest page, HttpServletResponse response, ApiCall call) {
        var request = new InnerRequest(page, call, body(call));
        request.setAttribute(Caller.ATTRIBUTE, caller);
        var answer = new InnerResponse(response);
        invoke(request, answer);
        byte[] body = answer.body();
        JsonNode read = body.length == 0 ? JsonNodeFactory.instance.nullNode() : json.readTree(body);
        if (answer.getStatus() >= 400) {
            throw Told.of(answer.getStatus(), new Doc(read));
        }
        return new Doc(read, answer.etag());
    }

    String json(Object body) {
        return json.writeValueAsString(body);
    }

    private byte[] body(ApiCall call) {
        return call.body()
                .map(body -> body instanceof String text
                        ? text.getBytes(StandardCharsets.UTF_8)
                        : json.writeValueAsBytes(body))
                .orElse(new byte[0]);
    }

    /** Makes a call whose answer goes to the browser as it is. */
    void pass(Caller caller, HttpServletRequest page, HttpServletResponse response, ApiCall call) {
        var request = new InnerRequest(page, call, body(call));
        request.setAttribute(Caller.ATTRIBUTE, caller);
        invoke(request, response);
    }

    /** Whether the doorkeeper of the API would let the caller make such a call. */
    boolean may(Caller caller, HttpServletRequest page, ApiCall call) {
        var request = new InnerRequest(page, call, new byte[0]);
        ServletRequestPathUtils.parseAndCache(request);
        try {
            HandlerExecutionChain chain = mapping.get().getHandler(request);
            if (chain == null) {
                throw new IllegalStateException("no call of the API is " + call.method() + " " + call.path());
            }
            return chain.getHandler() instanceof HandlerMethod method
                    && Optional.ofNullable(method.getMethodAnnotation(Needs.class))
                            .map(needs -> caller.rights().contains(needs.value()))
                            .orElse(true);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void invoke(HttpServletRequest request, HttpServletResponse answer) {
        ServletRequestPathUtils.parseAndCache(request);
        try {
            HandlerExecutionChain chain = mapping.get().getHandler(request);
            if (chain == null) {
                throw new IllegalStateException(
                        "no call of the API is " + request.getMethod() + " " + request.getRequestURI());
            }
            for (HandlerInterceptor interceptor : chain.getInterceptorList()) {
                if (!interceptor.preHandle(request, answer, chain.getHandler())) {
                    throw new IllegalStateException(interceptor + " stopped a call without saying why");
                }
            }
            handle(request, answer, chain.getHandler());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a handler throws other than refusals becomes the problem that callers over the network get. */
    private void handle(HttpServletRequest request, HttpServletResponse answer, Object handler) throws Exception {
        try {
            adapter.get().handle(request, answer, handler);
        } catch (Refusal refusal) {
            throw refusal;
        } catch (Exception e) {
            if (problems.get().resolveException(request, answer, handler, e) == null) {
                throw e;
            }
        }
    }
}
