package dev.sallyport.policy.code;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.formats.json.CanonicalJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of policies, read and checked.
 *
 * @param set the rules; none when anything is wrong
 * @param errors what is wrong, and where
 */
public record PolicyFiles(
        Optional<PolicySet> set,
        List<DocumentError> errors,
        List<Lint> lint,
        List<PolicyTest> tests,
        List<Hypothesis> questions) {
    /** A question that somebody wrote down, with the name they gave it. */
    public record Hypothesis(String name, Question question) {}

    public PolicyFiles {
        errors = List.copyOf(errors);
        lint = List.copyOf(lint);
        tests = List.copyOf(tests);
        questions = List.copyOf(questions);
    }

    /**
     * Reads, checks and compiles everything.
     *
     * @throws Refusal {@code catalog.too-large}
     */
    public static PolicyFiles read(List<SourceFile> files) {
        var errors = new Errors();
        var reader = new DocumentsOfPolicy(errors);
        files.forEach(reader::read);
        return of(reader.documents(), reader.surroundings(), errors);
    }

    /**
     * The same for documents whose shapes are known to be right, some of them with the place where somebody wrote them.
     *
     * @param errors takes what is wrong as well
     */
    public static PolicyFiles of(List<PolicyDocument> documents, Errors errors) {
        return of(documents, errors, new Surroundings());
    }

    /** The same beside what the catalogue names. */
    public static PolicyFiles of(List<PolicyDocument> documents, Errors errors, Surroundings surroundings) {
        return of(ordered(documents), surroundings, errors);
    }

    /** What the set that these documents make is named by, without making it. */
    public static String hashOf(List<PolicyDocument> documents) {
        return hash(parts(ordered(documents)));
    }

    private static List<Written> ordered(List<PolicyDocument> documents) {
        return documents.stream()
                .map(Written::of)
                .sorted(DocumentsOfPolicy.ORDER)
                .toList();
    }

    private static PolicyFiles of(List<Written> documents, Surroundings surroundings, Errors errors) {
        var rules = new RuleReader(errors);
        Declared declared = rules.declared(documents);
        List<Rule> compiled = rules.rules(documents, declared);
        List<PolicyTest> tests = documents.stream()
                .filter(document -> document.kind() == PolicyKind.TEST)
                .map(document -> PolicyTest.of(document, errors))
                .toList();
        if (!errors.isEmpty()) {
            return new PolicyFiles(Optional.empty(), errors.all(), List.of(), List.of(), List.of());
        }
        List<Map<String, Object>> parts = parts(documents);
        var set = new PolicySet(compiled, declared, hash(parts), parts);
        return new PolicyFiles(
                Optional.of(set),
                List.of(),
                Linting.of(set, documents, surroundings),
                tests,
                documents.stream()
                        .filter(document -> document.kind() == PolicyKind.QUESTION)
                        .map(document -> new Hypothesis(document.name(), Question.of(Action.REQUEST, document.spec())))
                        .toList());
    }

    /** What of the documents decides, without places. */
    private static List<Map<String, Object>> parts(List<Written> documents) {
        return documents.stream()
                .filter(document -> document.kind() != PolicyKind.TEST && document.kind() != PolicyKind.QUESTION)
                .map(document -> {
                    var part = new LinkedHashMap<String, Object>();
                    part.put("kind", document.kind().word());
                    part.put("name", document.name());
                    part.put("spec", document.spec());
                    return (Map<String, Object>) part;
                })
                .toList();
    }

    private static String hash(List<Map<String, Object>> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (Map<String, Object> part : parts) {
                digest.update(CanonicalJson.bytes(part));
                digest.update((byte) '\n');
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
