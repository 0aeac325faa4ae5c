package dev.sallyport.policy.code;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.Place;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Turns texts into checked conditions, with the names that one set of policies knows. */
final class ConditionCompiler {
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .maxExpressionCodePointSize(Limits.CONDITION)
            .maxParseRecursionDepth(Limits.CONDITION_DEPTH)
            .maxParseExpressionNodeCount(Limits.CONDITION_PARTS)
            .comprehensionMaxIterations(Limits.ROUNDS)
            .build();

    private final Cel cel;
    private final Mistakes mistakes;
    private final Errors errors;
    private final Map<String, Condition> known = new HashMap<>();

    ConditionCompiler(Declared declared, Errors errors) {
        this.cel = cel(declared);
        this.mistakes = new Mistakes(declared);
        this.errors = errors;
    }

    private static Cel cel(Declared declared) {
        var types = new CelTypes(Map.of(
                Declared.CONSTANT,
                declared.constants().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> CelTypes.of(entry.getValue()))),
                Declared.CALENDAR,
                flags(declared.calendars()),
                Declared.FREEZE,
                flags(declared.freezes())));
        var builder = CelFactory.plannerCelBuilder()
                .setOptions(OPTIONS)
                .setTypeProvider(types)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addVar(Declared.GROUPS, ListType.create(SimpleType.STRING))
                .addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(
                        "inNetwork",
                        CelOverloadDecl.newMemberOverload(
                                "text_in_network", SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING)))
                .addFunctionBindings(CelFunctionBinding.fromOverloads(
                        "inNetwork",
                        CelFunctionBinding.from(
                                "text_in_network", String.class, String.class, ConditionCompiler::inNetwork)))
                .setResultType(SimpleType.BOOL);
        FactTypes.ROOTS.forEach(group -> builder.addVar(group.name(), CelTypes.reference(group.name())));
        for (String name : new String[] {Declared.CONSTANT, Declared.CALENDAR, Declared.FREEZE}) {
            builder.addVar(name, CelTypes.reference(name));
        }
        return builder.build();
    }

    private static Map<String, CelType> flags(Map<String, ?> named) {
        return named.keySet().stream().collect(Collectors.toMap(name -> name, _ -> SimpleType.BOOL));
    }

    /** An address or network that cannot be read errs, so that a rule with it decides as one that erred. */
    private static boolean inNetwork(String address, String network) {
        return Network.parse(network)
                .orElseThrow(() -> new IllegalArgumentException("network: " + network))
                .contains(Network.address(address)
                        .orElseThrow(() -> new IllegalArgumentException("address: " + address)));
    }

    /** The condition, or nothing when it does not fit; what is wrong is told at its place. */
    Optional<Condition> compile(String text, String path, IntFunction<Place> place) {
        Condition same = known.get(text);
        if (same != null) {
            return Optional.of(same);
        }
        CelValidationResult result = cel.compile(text);
        if (result.hasError()) {
            // an error in the syntax brings others along that are not there
            CelIssue first = result.getErrors().getFirst();
            int at = result.getSource()
                    .getLocationOffset(
                            first.getSourceLocation().getLine(),
                            Math.max(0, first.getSourceLocation().getColumn()))
                    .orElse(0);
            errors.add(place.apply(at), path + ": " + mistakes.sentence(text, at, first.getMessage()));
            return Optional.empty();
        }
        return checked(result, text, path, place);
    }

    private Optional<Condition> checked(
            CelValidationResult result, String text, String path, IntFunction<Place> place) {
        try {
            CelAbstractSyntaxTree tree = result.getAst();
            int before = errors.count();
            var walk = new ConditionWalk(tree, (at, sentence) -> errors.add(place.apply(at), path + ": " + sentence));
            walk.check();
            if (errors.count() > before || before == Errors.MAX) {
                return Optional.empty();
            }
            var condition = new Condition(text, tree.getExpr(), cel.createProgram(tree), walk.paths());
            known.put(text, condition);
            return Optional.of(condition);
        } catch (CelValidationException | CelEvaluationException e) {
            errors.add(place.apply(0), path + ": not a condition: " + e.getMessage());
            return Optional.empty();
        }
    }
}
