package dev.sallyport.policy.code;

import static dev.sallyport.formats.document.Shape.Key.required;

import dev.sallyport.base.Text;
import dev.sallyport.formats.document.DocumentRefusal;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.Nearest;
import dev.sallyport.formats.document.Node;
import dev.sallyport.formats.document.Place;
import dev.sallyport.formats.document.Shape;
import dev.sallyport.formats.document.ShapeCheck;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.formats.document.YamlReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads files into documents of policy, each sound by itself, and notes what else stands in them. */
final class DocumentsOfPolicy {
    /** An order that does not depend on that of the files. */
    static final Comparator<Written> ORDER = Comparator.comparing(Written::kind).thenComparing(Written::name);

    private final Errors errors;
    private final List<Written> documents = new ArrayList<>();
    private final Surroundings surroundings = new Surroundings();
    private final Map<String, Place> places = new HashMap<>();

    DocumentsOfPolicy(Errors errors) {
        this.errors = errors;
    }

    /** In an order that does not depend on that of the files. */
    List<Written> documents() {
        return documents.stream().sorted(ORDER).toList();
    }

    Surroundings surroundings() {
        return surroundings;
    }

    void read(SourceFile file) {
        file.size();
        for (Node tree : YamlReader.read(file, errors)) {
            if (documents.size() >= Limits.DOCUMENTS) {
                throw DocumentRefusal.TOO_LARGE.because(
                        "more than " + Limits.DOCUMENTS + " documents (expected: at most that many at once)");
            }
            read(tree, file.text().startsWith("\uFEFF") ? file.text().substring(1) : file.text());
        }
    }

    private void read(Node tree, String text) {
        if (!(tree instanceof Node.Fields map)) {
            errors.add(tree.at(), "document: " + tree.described() + " (expected: apiVersion, kind, metadata, spec)");
            return;
        }
        Optional<Node> said = map.get("kind");
        String word = said.map(node -> node instanceof Node.Text kind ? kind.value() : node.described())
                .orElse("");
        Optional<PolicyKind> kind = PolicyKind.ofWord(word);
        if (kind.isPresent()) {
            ofKind(kind.get(), map, text);
        } else if (Surroundings.KINDS.contains(word)) {
            surroundings.add(word, map);
        } else {
            var known = new ArrayList<>(PolicyKind.words());
            known.addAll(Surroundings.KINDS);
            errors.add(
                    said.orElse(map).at(),
                    "kind: " + (word.isEmpty() ? "missing" : Text.quoted(word)) + " (expected: "
                            + String.join(", ", known) + Nearest.question(word, known) + ")");
        }
    }

    private void ofKind(PolicyKind kind, Node.Fields map, String text) {
        int before = errors.count();
        Map<String, Object> read = new ShapeCheck(errors)
                .fields(
                        map,
                        Shape.Fields.of(
                                required(
                                        "apiVersion",
                                        Shape.Choice.of(PolicyShapes.API_VERSION),
                                        "the version of this form"),
                                required("kind", new Shape.Choice(PolicyKind.words()), "what it is"),
                                required(
                                        "metadata",
                                        Shape.Fields.of(required("name", kind.nameShape(), "unique among its kind")),
                                        "what it is called"),
                                required("spec", kind.spec(), "what it says")),
                        "");
        if (errors.count() > before || before == Errors.MAX) {
            return;
        }
        var parts = new Written.Part(read, "");
        var document = new Written(
                kind,
                parts.at("metadata").text("name").orElseThrow(),
                parts.at("spec").tree(),
                map,
                text);
        Place at = document.place("metadata.name");
        Place earlier = places.putIfAbsent(kind.word() + " " + document.name(), at);
        if (earlier == null) {
            documents.add(document);
        } else {
            errors.add(
                    at,
                    kind.word() + " " + document.name() + " stands twice (expected: once; first at "
                            + Text.printable(earlier.file()) + ":" + earlier.line() + ")");
        }
    }
}
