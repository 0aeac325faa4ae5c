package dev.sallyport.policy.code;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The facts, and what a set of policies declares itself, as types of CEL. */
final class CelTypes implements CelTypeProvider {
    private final ImmutableMap<String, CelType> types;

    /** @param declared names that a set declares, with their fields */
    CelTypes(Map<String, Map<String, CelType>> declared) {
        var all = new LinkedHashMap<String, CelType>();
        FactTypes.ALL.forEach(group -> all.put(
                group.name(),
                struct(
                        group.name(),
                        group.fields().stream()
                                .collect(ImmutableMap.toImmutableMap(
                                        FactTypes.Field::name, field -> type(field.type()))))));
        declared.forEach((name, fields) -> all.put(name, struct(name, ImmutableMap.copyOf(fields))));
        this.types = ImmutableMap.copyOf(all);
    }

    private static CelType struct(String name, ImmutableMap<String, CelType> fields) {
        return StructType.create(name, fields.keySet(), field -> Optional.ofNullable(fields.get(field)));
    }

    static CelType reference(String name) {
        return StructTypeReference.create(name);
    }

    static CelType of(Object constant) {
        return switch (constant) {
            case String _ -> SimpleType.STRING;
            case Boolean _ -> SimpleType.BOOL;
            case Number _ -> SimpleType.INT;
            case List<?> _ -> ListType.create(SimpleType.STRING);
            default -> throw new IllegalStateException("constant: " + constant.getClass());
        };
    }

    private static CelType type(FactTypes.Type type) {
        return switch (type) {
            case FactTypes.Type.Plain plain ->
                switch (plain) {
                    case TEXT -> SimpleType.STRING;
                    case NUMBER -> SimpleType.INT;
                    case FLAG -> SimpleType.BOOL;
                    case SPAN -> SimpleType.DURATION;
                    case TIME -> SimpleType.TIMESTAMP;
                    case TEXTS -> ListType.create(SimpleType.STRING);
                    case PAIRS -> MapType.create(SimpleType.STRING, SimpleType.STRING);
                };
            case FactTypes.Type.Part part -> reference(part.group().name());
            case FactTypes.Type.Parts parts ->
                ListType.create(reference(parts.group().name()));
        };
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return types.values();
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(types.get(name));
    }
}
