package dev.sallyport.gateway.wire;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.Id;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.formats.json.CanonicalJson;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records between gateway and control plane as JSON, for both sides. A record is an object with a key per component;
 * one of several alternatives has its simple name under {@code "is"}; ids, times and durations are strings, bytes are
 * base 64, a secret is its text (the connection is the secret's protection). Keys that are not known are passed over, so
 * that the two sides may be of different versions; what is missing where it must be is refused.
 */
public final class Words {
    private static final String ALTERNATIVE = "is";

    private Words() {}

    /** The JSON text of a record, or of a list of records. */
    public static String write(Object value) {
        return new String(CanonicalJson.bytes(tree(value)), StandardCharsets.UTF_8);
    }

    /**
     * Reads a record, or an alternative where the type is a sealed interface.
     *
     * @throws Refusal {@code input.…} for what is not of that shape
     */
    public static <T> T read(Class<T> type, String json) {
        Object value = value(type, Json.read(json), type.getSimpleName());
        if (value == null) {
            throw refuse(type.getSimpleName(), "an object");
        }
        return type.cast(value);
    }

    /** Reads a list of records. */
    public static <T> List<T> readList(Class<T> type, String json) {
        if (!(Json.read(json) instanceof List<?> list)) {
            throw refuse(type.getSimpleName(), "an array");
        }
        var read = new ArrayList<T>();
        for (Object element : list) {
            Object value = value(type, element, type.getSimpleName());
            if (value == null) {
                throw refuse(type.getSimpleName(), "no null");
            }
            read.add(type.cast(value));
        }
        return List.copyOf(read);
    }

    private static @Nullable Object tree(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean truth -> truth;
            case Integer number -> number;
            case Long number -> number;
            case Optional<?> optional -> tree(optional.orElse(null));
            case Id id -> id.toString();
            case Instant instant -> instant.toString();
            case Duration duration -> duration.toString();
            case Bytes bytes -> Base64.getEncoder().encodeToString(bytes.toArray());
            case Secret secret -> secret.reveal();
            case Enum<?> constant -> constant.name();
            case Collection<?> collection -> {
                var list = new ArrayList<@Nullable Object>();
                collection.forEach(element -> list.add(tree(element)));
                yield list;
            }
            case Map<?, ?> map -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, element) -> object.put(String.valueOf(key), tree(element)));
                yield object;
            }
            case Record record -> object(record);
            default -> throw new IllegalArgumentException("words: " + value.getClass());
        };
    }

    private static Map<String, @Nullable Object> object(Record record) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        if (Arrays.stream(record.getClass().getInterfaces()).anyMatch(Class::isSealed)) {
            object.put(ALTERNATIVE, record.getClass().getSimpleName());
        }
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                object.put(component.getName(), tree(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return object;
    }

    private static @Nullable Object value(Type type, @Nullable Object tree, String where) {
        if (type instanceof ParameterizedType generic) {
            return container(generic, tree, where);
        }
        var plain = (Class<?>) type;
        if (tree == null) {
            if (plain.isPrimitive()) {
                throw refuse(where, "a value");
            }
            return null;
        }
        if (plain == String.class || plain == Secret.class || plain == Bytes.class) {
            String text = text(tree, where);
            return plain == String.class ? text : plain == Secret.class ? Secret.of(text) : bytes(text, where);
        }
        if (plain == boolean.class || plain == Boolean.class) {
            if (tree instanceof Boolean truth) {
                return truth;
            }
            throw refuse(where, "true or false");
        }
        if (plain == long.class || plain == Long.class) {
            return number(tree, where);
        }
        if (plain == int.class || plain == Integer.class) {
            long number = number(tree, where);
            if (number != (int) number) {
                throw refuse(where, "a smaller number");
            }
            return (int) number;
        }
        return other(plain, tree, where);
    }

    private static Object other(Class<?> plain, Object tree, String where) {
        try {
            if (plain == Instant.class) {
                return Instant.parse(text(tree, where));
            }
            if (plain == Duration.class) {
                return Duration.parse(text(tree, where));
            }
        } catch (DateTimeException _) {
            throw refuse(where, "a time or a duration in ISO 8601");
        }
        if (plain.isEnum()) {
            return Arrays.stream(plain.getEnumConstants())
                    .filter(constant -> ((Enum<?>) constant).name().equals(tree))
                    .findFirst()
                    .orElseThrow(() -> refuse(where, "one of " + Arrays.toString(plain.getEnumConstants())));
        }
        if (Id.class.isAssignableFrom(plain)) {
            return make(plain, new Object[] {text(tree, where)}, where);
        }
        if (!(tree instanceof Map<?, ?> object)) {
            throw refuse(where, "an object");
        }
        return record(plain.isSealed() ? alternative(plain, object, where) : plain, object, where);
    }

    private static Class<?> alternative(Class<?> sealed, Map<?, ?> object, String where) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .filter(type -> type.getSimpleName().equals(object.get(ALTERNATIVE)))
                .findFirst()
                .orElseThrow(() -> refuse(where + "." + ALTERNATIVE, "the name of an alternative"));
    }

    private static Object record(Class<?> type, Map<?, ?> object, String where) {
        RecordComponent[] components = type.getRecordComponents();
        var arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            String place = where + "." + component.getName();
            arguments[i] = value(component.getGenericType(), object.get(component.getName()), place);
            if (arguments[i] == null && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                throw refuse(place, "a value");
            }
        }
        return make(type, arguments, where);
    }

    private static Object container(ParameterizedType type, @Nullable Object tree, String where) {
        Type element = type.getActualTypeArguments()[type.getActualTypeArguments().length - 1];
        var raw = (Class<?>) type.getRawType();
        if (raw == Optional.class) {
            return Optional.ofNullable(value(element, tree, where));
        }
        if (raw == Map.class) {
            var map = new LinkedHashMap<String, @Nullable Object>();
            if (!(tree instanceof Map<?, ?> object)) {
                throw refuse(where, "an object");
            }
            object.forEach((key, inner) -> map.put(String.valueOf(key), value(element, inner, where)));
            return map;
        }
        if (!(tree instanceof List<?> list)) {
            throw refuse(where, "an array");
        }
        Collection<@Nullable Object> read = raw == Set.class ? new LinkedHashSet<>() : new ArrayList<>();
        for (Object inner : list) {
            Object value = value(element, inner, where);
            if (value == null) {
                throw refuse(where, "no null");
            }
            read.add(value);
        }
        return read;
    }

    /** What a record's own checks refuse is the sender's fault. */
    private static Object make(Class<?> type, @Nullable Object[] arguments, String where) {
        try {
            var types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw refuse(where, "a " + type.getSimpleName() + ": " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Object tree, String where) {
        if (tree instanceof String text) {
            return text;
        }
        throw refuse(where, "a string");
    }

    private static long number(Object tree, String where) {
        if (tree instanceof Long number) {
            return number;
        }
        throw refuse(where, "a number");
    }

    private static Bytes bytes(String text, String where) {
        try {
            return Bytes.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException _) {
            throw refuse(where, "base 64");
        }
    }

    private static Refusal refuse(String where, String expected) {
        return InputRefusal.INVALID_VALUE.because(where + " (expected: " + expected + ")");
    }
}
