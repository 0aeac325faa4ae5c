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
        List<Written> documents = reader.documents();
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
        var set = new PolicySet(compiled, declared, hash(documents));
        return new PolicyFiles(
                Optional.of(set),
                List.of(),
                Linting.of(set, documents, reader.surroundings()),
                tests,
                documents.stream()
                        .filter(document -> document.kind() == PolicyKind.QUESTION)
                        .map(document -> new Hypothesis(document.name(), Question.of(Action.REQUEST, document.spec())))
                        .toList());
    }

    private static String hash(List<Written> documents) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (Written document : documents) {
                if (document.kind() != PolicyKind.TEST && document.kind() != PolicyKind.QUESTION) {
                    var whole = new LinkedHashMap<String, Object>();
                    whole.put("kind", document.kind().word());
                    whole.put("name", document.name());
                    whole.put("spec", document.spec());
                    digest.update(CanonicalJson.bytes(whole));
                    digest.update((byte) '\n');
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
