package dev.sallyport.server.api;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns types into JSON schemas (2020-12); records are named and described once. */
final class Schemas {
    private final Map<String, Map<String, Object>> named = new TreeMap<>();

    private final Map<String, Class<?>> owners = new HashMap<>();

    /** Every record seen so far, by name. */
    Map<String, Map<String, Object>> named() {
        return named;
    }

    /**
     * The schema of a type.
     *
     * @param answers whether it is sent by us: then every member is there, and is null where it may be
     */
    Map<String, Object> of(Type type, boolean answers) {
        return of(type, Map.of(), answers);
    }

    private Map<String, Object> of(Type type, Map<String, Type> variables, boolean answers) {
        return switch (type) {
            case TypeVariable<?> variable -> of(bound(variable, variables), Map.of(), answers);
            case ParameterizedType generic -> generic(generic, variables, answers);
            case Class<?> plain when plain.isRecord() -> reference(plain, plain.getSimpleName(), Map.of(), answers);
            case Class<?> plain -> simple(plain);
            default -> throw new IllegalArgumentException("no schema for " + type);
        };
    }

    private static Type bound(TypeVariable<?> variable, Map<String, Type> variables) {
        Type bound = variables.get(variable.getName());
        if (bound == null) {
            throw new IllegalArgumentException("nothing is known of " + variable);
        }
        return bound;
    }

    private Map<String, Object> generic(ParameterizedType type, Map<String, Type> variables, boolean answers) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        Type last = arguments[arguments.length - 1];
        if (Collection.class.isAssignableFrom(raw)) {
            return ordered("type", "array", "items", of(last, variables, answers));
        }
        if (Map.class.isAssignableFrom(raw)) {
            return ordered("type", "object", "additionalProperties", of(last, variables, answers));
        }
        var bound = new HashMap<String, Type>();
        for (int i = 0; i < arguments.length; i++) {
            bound.put(raw.getTypeParameters()[i].getName(), arguments[i]);
        }
        return reference(raw, raw.getSimpleName() + ((Class<?>) last).getSimpleName(), bound, answers);
    }

    private Map<String, Object> reference(
            Class<?> type, String simpleName, Map<String, Type> variables, boolean answers) {
        String name = simpleName.replace("Json", "");
        Class<?> owner = owners.putIfAbsent(name, type);
        if (owner != null && owner != type) {
            throw new IllegalStateException(owner + " and " + type + " are both described as " + name);
        }
        if (!named.containsKey(name)) {
            named.put(name, Map.of()); // a record that holds itself ends here
            named.put(name, members(type, variables, answers));
        }
        return ordered("$ref", "#/components/schemas/" + name);
    }

    private Map<String, Object> members(Class<?> type, Map<String, Type> variables, boolean answers) {
        var properties = ordered();
        var required = new ArrayList<String>();
        boolean open = false;
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonAnyGetter.class)) {
                open = true;
                continue;
            }
            String name = name(component);
            boolean nullable = isNullable(component.getAnnotatedType());
            Map<String, Object> schema = of(component.getGenericType(), variables, answers);
            properties.put(name, nullable ? orNull(schema) : schema);
            if (answers ? !isLeftOut(type, nullable) : !nullable) {
                required.add(name);
            }
        }
        var schema = ordered("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        if (!answers) {
            schema.put("additionalProperties", false);
        } else if (open) {
            schema.put("additionalProperties", true);
        }
        return schema;
    }

    private static boolean isLeftOut(Class<?> type, boolean nullable) {
        return nullable && type.isAnnotationPresent(com.fasterxml.jackson.annotation.JsonInclude.class);
    }

    private static String name(RecordComponent component) {
        JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
        return property == null || property.value().isEmpty()
                ? component.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT)
                : property.value();
    }

    static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static Map<String, Object> orNull(Map<String, Object> schema) {
        if (schema.get("type") instanceof String type) {
            var nullable = ordered();
            nullable.putAll(schema);
            nullable.put("type", List.of(type, "null"));
            return nullable;
        }
        return ordered("oneOf", List.of(schema, ordered("type", "null")));
    }

    static Map<String, Object> simple(Class<?> type) {
        if (type == String.class) {
            return ordered("type", "string");
        }
        if (type == Instant.class) {
            return ordered("type", "string", "format", "date-time");
        }
        if (type == int.class || type == Integer.class) {
            return ordered("type", "integer", "format", "int32");
        }
        if (type == long.class || type == Long.class) {
            return ordered("type", "integer", "format", "int64");
        }
        if (type == double.class) {
            return ordered("type", "number", "format", "double");
        }
        if (type == boolean.class || type == Boolean.class) {
            return ordered("type", "boolean");
        }
        if (type == Object.class) {
            return ordered();
        }
        throw new IllegalArgumentException("no schema for " + type);
    }

    /** A map that keeps its order, of keys and values in turn. */
    static Map<String, Object> ordered(Object... keysAndValues) {
        var map = new java.util.LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
