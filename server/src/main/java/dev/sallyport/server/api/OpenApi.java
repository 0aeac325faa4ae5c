package dev.sallyport.server.api;

import static dev.sallyport.server.api.Schemas.ordered;

import dev.sallyport.server.Problem;
import dev.sallyport.server.api.Operations.Operation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Describes the API as OpenAPI 3.1, from what it answers: handlers, their parameters and records. What is not in the code
 * is not in the description, and the other way round.
 */
final class OpenApi {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "#/components/responses/Problem";
    private static final JsonMapper WRITER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Said once for every call that takes them. */
    private static final Map<String, String> ABOUT = Map.of(
            "limit",
            "the most items of a page; 50 unless said, at most 500",
            "after",
            "the next of the page before",
            "wait",
            "how many seconds to wait for something new, at most 30",
            "name",
            "the name, or for objects of the catalogue the id",
            "If-Match",
            "the ETag of the version the caller saw",
            "If-None-Match",
            "the ETag of the version the caller has",
            "Idempotency-Key",
            "the same key with the same body makes one thing, for 24 hours",
            RequestsController.STEP_UP,
            "a proof of a second factor made for this call (POST /me/step-up)");

    private final Schemas schemas = new Schemas();

    private OpenApi() {}

    static String document(RequestMappingHandlerMapping mapping) {
        return new OpenApi().describe(Operations.of(mapping));
    }

    private String describe(List<Operation> operations) {
        schemas.of(Problem.class, true);
        var paths = ordered();
        for (Operation operation : operations) {
            path(paths, operation.path()).put(lower(operation.method()), operation(operation));
        }
        return WRITER.writeValueAsString(ordered(
                        "openapi",
                        "3.1.0",
                        "info",
                        ordered(
                                "title",
                                "Sallyport",
                                "version",
                                "v1",
                                "description",
                                "Durations are ISO 8601 (1h30m is read too), times RFC 3339 in UTC, errors RFC 9457 with"
                                        + " a stable code. Unknown members of a request are refused."),
                        "servers",
                        List.of(ordered("url", "/api/v1")),
                        "paths",
                        paths,
                        "components",
                        ordered(
                                "schemas",
                                schemas.named(),
                                "responses",
                                ordered("Problem", problem()),
                                "securitySchemes",
                                securitySchemes())))
                + "\n";
    }

    @SuppressWarnings("unchecked") // made right here
    private static Map<String, Object> path(Map<String, Object> paths, String path) {
        return (Map<String, Object>) paths.computeIfAbsent(path, _ -> ordered());
    }

    private Map<String, Object> operation(Operation operation) {
        Method method = operation.javaMethod();
        Optional<Summary> summary = operation.summary();
        var described = ordered(
                "operationId",
                operation.id(),
                "tags",
                List.of(tag(operation.path())),
                "summary",
                summary.map(Summary::value).orElse(""),
                "x-needs",
                operation.needs(),
                "security",
                security(operation));
        List<Object> parameters = parameters(operation, method);
        if (!parameters.isEmpty()) {
            described.put("parameters", parameters);
        }
        body(method, summary).ifPresent(body -> described.put("requestBody", body));
        described.put("responses", responses(operation, method, summary));
        return described;
    }

    private static List<Object> security(Operation operation) {
        return switch (operation.needs()) {
            case "public", "incident source" -> List.of();
            case "host token" -> List.of(ordered("hostToken", List.of()));
            default -> List.of(ordered("dpop", List.of()));
        };
    }

    private List<Object> parameters(Operation operation, Method method) {
        var all = new ArrayList<Object>();
        for (Parameter parameter : method.getParameters()) {
            PathVariable variable = parameter.getAnnotation(PathVariable.class);
            RequestParam query = parameter.getAnnotation(RequestParam.class);
            RequestHeader header = parameter.getAnnotation(RequestHeader.class);
            if (variable != null && !operation.fixed().equals(Optional.of(parameter.getName()))) {
                all.add(parameter(parameter, "path", parameter.getName(), true, null));
            } else if (query != null) {
                all.add(parameter(
                        parameter,
                        "query",
                        named(query.name(), query.value(), parameter),
                        query.required() && isUnset(query.defaultValue()),
                        isUnset(query.defaultValue()) ? null : query.defaultValue()));
            } else if (header != null) {
                String name = named(header.name(), header.value(), parameter);
                if (!name.equals(HttpHeaders.AUTHORIZATION)) { // that is the security of the call
                    all.add(parameter(parameter, "header", name, header.required(), null));
                }
            }
        }
        return all;
    }

    private static Map<String, Object> parameter(
            Parameter parameter, String in, String name, boolean required, @Nullable String otherwise) {
        // several values of a query are texts
        Map<String, Object> schema = parameter.getType() == List.class
                ? ordered("type", "array", "items", ordered("type", "string"))
                : Schemas.simple(parameter.getType());
        if (otherwise != null && !otherwise.isEmpty()) {
            schema.put("default", parameter.getType() == int.class ? (Object) Integer.valueOf(otherwise) : otherwise);
        }
        var described = ordered("name", name, "in", in, "required", required);
        String about = ABOUT.get(name);
        if (about != null) {
            described.put("description", about);
        }
        described.put("schema", schema);
        return described;
    }

    private Optional<Map<String, Object>> body(Method method, Optional<Summary> summary) {
        for (Parameter parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(RequestBody.class)) {
                Type type = parameter.getType() == byte[].class
                        ? summary.orElseThrow().reads()
                        : parameter.getParameterizedType();
                return Optional.of(ordered(
                        "required", true, "content", ordered(JSON, ordered("schema", schemas.of(type, false)))));
            }
        }
        return Optional.empty();
    }

    private Map<String, Object> responses(Operation operation, Method method, Optional<Summary> summary) {
        var responses = ordered();
        // merged: what is written without a name is an alias of code
        ResponseStatus status = AnnotatedElementUtils.findMergedAnnotation(method, ResponseStatus.class);
        String code = status == null ? "200" : Integer.toString(status.code().value());
        responses.put(code, answer(method, summary));
        if (hasHeader(method, HttpHeaders.IF_NONE_MATCH)) {
            responses.put("304", ordered("description", "what the caller has is the newest"));
        }
        List<String> refuses = summary.map(said -> List.of(said.refuses())).orElse(List.of());
        if (!operation.isPublic()) {
            responses.put("401", ordered("$ref", PROBLEM));
            responses.put("403", ordered("$ref", PROBLEM));
        }
        var otherwise = ordered("description", "refused; see code", "content", problemContent());
        if (!refuses.isEmpty()) {
            otherwise.put("x-codes", refuses);
        }
        responses.put("default", otherwise);
        return responses;
    }

    private Map<String, Object> answer(Method method, Optional<Summary> summary) {
        Type type = method.getGenericReturnType();
        if (type instanceof ParameterizedType generic && generic.getRawType() == ResponseEntity.class) {
            type = generic.getActualTypeArguments()[0];
        }
        String media = summary.map(Summary::produces).orElse(JSON);
        if (type == void.class && media.equals(JSON)) {
            return ordered("description", "done");
        }
        Map<String, Object> schema = type == byte[].class || type == void.class // written as it comes
                ? ordered()
                : media.equals(JSON) && type == String.class ? ordered("type", "object") : schemas.of(type, true);
        return ordered("description", "the answer", "content", ordered(media, ordered("schema", schema)));
    }

    private static boolean hasHeader(Method method, String name) {
        for (Parameter parameter : method.getParameters()) {
            RequestHeader header = parameter.getAnnotation(RequestHeader.class);
            if (header != null
                    && named(header.name(), header.value(), parameter).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, Object> problem() {
        return ordered("description", "an error (RFC 9457)", "content", problemContent());
    }

    private static Map<String, Object> problemContent() {
        return ordered(Problem.MEDIA_TYPE, ordered("schema", ordered("$ref", "#/components/schemas/Problem")));
    }

    private static Map<String, Object> securitySchemes() {
        return ordered(
                "dpop",
                ordered(
                        "type",
                        "http",
                        "scheme",
                        "DPoP",
                        "description",
                        "an access token of /oauth2/token, with a proof in the header DPoP (RFC 9449)"),
                "hostToken",
                ordered(
                        "type",
                        "http",
                        "scheme",
                        "bearer",
                        "description",
                        "the token that a host got when it was enrolled"));
    }

    private static String tag(String path) {
        return path.substring(1).split("/", 2)[0].replaceAll("\\..*", "");
    }

    private static String named(String name, String value, Parameter parameter) {
        return !name.isEmpty() ? name : !value.isEmpty() ? value : parameter.getName();
    }

    private static boolean isUnset(String value) {
        return value.equals(ValueConstants.DEFAULT_NONE);
    }

    private static String lower(String method) {
        return method.toLowerCase(java.util.Locale.ROOT);
    }
}
