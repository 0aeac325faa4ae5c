package dev.sallyport.server.api;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The calls that the running API answers, in the order of their addresses. */
final class Operations {
    private static final String PREFIX = "/api/v1";
    private static final Pattern CHOICE = Pattern.compile("\\{(\\w+):([^}]+)}");

    private Operations() {}

    /**
     * One call.
     *
     * @param path below the prefix, with its variables in braces
     * @param fixed the variable that this path has a value for already, as with {@code /people}
     */
    record Operation(String method, String path, HandlerMethod handler, Optional<String> fixed) {
        /** Who gets in, in the words of the reference. */
        String needs() {
            Public open = handler.getMethodAnnotation(Public.class);
            if (open != null) {
                return open.hostToken() ? "host token" : open.incidentSource() ? "incident source" : "public";
            }
            return Doorkeeper.right(handler)
                    .orElse(handler.hasMethodAnnotation(SignedIn.class) ? "signed in" : "nobody");
        }

        boolean isPublic() {
            return handler.hasMethodAnnotation(Public.class);
        }

        Optional<Summary> summary() {
            return Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), Summary.class));
        }

        /** Unique among all calls. */
        String id() {
            var words = new StringBuilder(method.toLowerCase(Locale.ROOT));
            for (String part : path.split("[/.{}-]")) {
                if (!part.isEmpty()) {
                    words.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
                }
            }
            return words.toString();
        }

        Method javaMethod() {
            return handler.getMethod();
        }
    }

    static List<Operation> of(RequestMappingHandlerMapping mapping) {
        var all = new ArrayList<Operation>();
        mapping.getHandlerMethods()
                .forEach((info, handler) -> info.getPatternValues().stream()
                        .filter(pattern -> pattern.startsWith(PREFIX))
                        .forEach(pattern -> info.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> {
                                    String path = pattern.substring(PREFIX.length());
                                    all.addAll(chosen(method.name(), path, handler));
                                })));
        all.sort(Comparator.comparing(Operation::path).thenComparing(Operation::method));
        return all;
    }

    private static List<Operation> chosen(String method, String path, HandlerMethod handler) {
        Matcher choice = CHOICE.matcher(path);
        if (!choice.find()) {
            return List.of(new Operation(method, path, handler, Optional.empty()));
        }
        return Arrays.stream(choice.group(2).split("\\|"))
                .map(value -> new Operation(method, choice.replaceFirst(value), handler, Optional.of(choice.group(1))))
                .toList();
    }
}
