package dev.sallyport.catalog;

import static dev.sallyport.formats.document.Shape.Key.optional;
import static dev.sallyport.formats.document.Shape.Key.required;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.Node;
import dev.sallyport.formats.document.Place;
import dev.sallyport.formats.document.Shape;
import dev.sallyport.formats.document.ShapeCheck;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.formats.document.YamlReader;
import dev.sallyport.policy.code.PolicyKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns files into documents, each sound by itself; what they name is looked up later. */
final class DocumentReader {
    /** The most files in one call. */
    static final int FILES_MAX = 1_000;

    /** The most bytes of UTF-8 in one call. */
    static final int BYTES_MAX = 10 * 1024 * 1024;

    /** The most documents in one call. */
    static final int DOCUMENTS_MAX = 50_000;

    static final Shape.Fields TARGET_METADATA = Shape.Fields.of(
            required("name", Words.NAME, "unique among its kind"),
            optional("labels", new Shape.Pairs(), "what selectors choose by"));

    private static final Shape.Key API_VERSION =
            required("apiVersion", Shape.Choice.of(Schemas.API_VERSION), "the version of this form");
    private static final Shape.Key KIND = required("kind", new Shape.Choice(Kind.words()), "what it is");

    private static final Set<String> SET_BY_SERVER = Set.of("id", "managed_by", "version");

    private final Errors errors;
    private final ShapeCheck check;

    DocumentReader(Errors errors) {
        this.errors = errors;
        this.check = new ShapeCheck(errors);
    }

    /**
     * All documents of the files; only those that fit are given back, everything else is told.
     *
     * @throws Refusal {@code catalog.too-large}
     */
    List<Document> read(List<SourceFile> files) {
        refuseTooLarge(files);
        var documents = new ArrayList<Document>();
        var places = new HashMap<String, Place>();
        int count = 0;
        for (SourceFile file : files) {
            List<Node> trees = YamlReader.read(file, errors);
            count += trees.size();
            if (count > DOCUMENTS_MAX) {
                throw CatalogRefusal.TOO_LARGE.because(
                        "more than " + DOCUMENTS_MAX + " documents (expected: at most that many at once)");
            }
            for (Node tree : trees) {
                document(tree, file.text()).ifPresent(document -> {
                    Place earlier = places.putIfAbsent(document.title(), document.place("metadata.name"));
                    if (earlier == null) {
                        documents.add(document);
                    } else {
                        errors.add(
                                document.place("metadata.name"),
                                document.title() + " stands twice (expected: once; first at "
                                        + Text.printable(earlier.file()) + ":" + earlier.line() + ")");
                    }
                });
            }
        }
        return documents;
    }

    /**
     * The one document that a caller of the API sent; what only the server sets is read over, so that what it gave can
     * be sent back.
     *
     * @throws Refusal {@code catalog.invalid}, {@code catalog.too-large}
     */
    static Document one(Kind kind, String text) {
        var errors = new Errors();
        var reader = new DocumentReader(errors);
        var source = new SourceFile("body", text);
        source.size();
        List<Node> trees = YamlReader.read(source, errors);
        Optional<Document> document = errors.isEmpty() && trees.size() == 1
                ? reader.document(asWritten(trees.getFirst()), text)
                : Optional.empty();
        if (errors.isEmpty() && trees.size() != 1) {
            errors.add(new Place("body", 1, 1), trees.size() + " documents (expected: one)");
        }
        document.filter(read -> read.kind() != kind)
                .ifPresent(read ->
                        errors.add(read.place("kind"), "kind: \"" + read.kind() + "\" (expected: " + kind + ")"));
        if (!errors.isEmpty()) {
            throw CatalogRefusal.invalid(errors.all());
        }
        return document.orElseThrow();
    }

    private static Node asWritten(Node tree) {
        return tree instanceof Node.Fields map
                ? new Node.Fields(
                        map.at(),
                        map.fields().stream().map(DocumentReader::asWritten).toList())
                : tree;
    }

    private static Node.Field asWritten(Node.Field field) {
        if (field.key().equals("api_version")) {
            return new Node.Field(field.at(), "apiVersion", field.value());
        }
        if (field.key().equals("metadata") && field.value() instanceof Node.Fields metadata) {
            return new Node.Field(
                    field.at(),
                    field.key(),
                    new Node.Fields(
                            metadata.at(),
                            metadata.fields().stream()
                                    .filter(inner -> !SET_BY_SERVER.contains(inner.key()))
                                    .toList()));
        }
        return field;
    }

    private static void refuseTooLarge(List<SourceFile> files) {
        if (files.size() > FILES_MAX) {
            throw CatalogRefusal.TOO_LARGE.because(files.size() + " files (expected: at most " + FILES_MAX + ")");
        }
        long bytes = files.stream().mapToLong(SourceFile::size).sum();
        if (bytes > BYTES_MAX) {
            throw CatalogRefusal.TOO_LARGE.because(
                    bytes + " bytes in all files (expected: at most " + BYTES_MAX + ")", "apply them in parts");
        }
    }

    private Optional<Document> document(Node tree, String text) {
        int before = errors.count();
        if (!(tree instanceof Node.Fields map)) {
            errors.add(tree.at(), "document: " + tree.described() + " (expected: apiVersion, kind, metadata, spec)");
            return Optional.empty();
        }
        if (isForTools(map)) {
            return Optional.empty();
        }
        Optional<Kind> kind = map.get("kind")
                .flatMap(node -> node instanceof Node.Text word ? Kind.ofWord(word.value()) : Optional.empty());
        if (kind.isEmpty()) {
            check.fields(head(map), Shape.Fields.of(API_VERSION, KIND), "");
            return Optional.empty();
        }
        Map<String, Object> read = check.fields(
                map,
                Shape.Fields.of(
                        API_VERSION,
                        KIND,
                        required("metadata", kind.get().metadata(), "what it is called"),
                        required("spec", kind.get().spec(), "what it is")),
                "");
        if (errors.count() > before || errors.count() == Errors.MAX) {
            return Optional.empty();
        }
        Map<String, Object> named = part(read, "metadata");
        Document document = Stored.settled(new Document(
                kind.get(), String.valueOf(named.get("name")), part(named, "labels"), part(read, "spec"), tree, text));
        Rules.check(document, errors);
        return errors.count() > before ? Optional.empty() : Optional.of(document);
    }

    /** Tests and questions may stand beside policies; they are for the command line and change nothing here. */
    private static boolean isForTools(Node.Fields map) {
        return map.get("kind").orElse(null) instanceof Node.Text word
                && (word.value().equals(PolicyKind.TEST.word()) || word.value().equals(PolicyKind.QUESTION.word()));
    }

    /** Only version and kind, so that a document of an unknown kind gets one error and not one for each key. */
    private static Node.Fields head(Node.Fields map) {
        return new Node.Fields(
                map.at(),
                map.fields().stream()
                        .filter(field ->
                                field.key().equals("kind") || field.key().equals("apiVersion"))
                        .toList());
    }

    @SuppressWarnings("unchecked") // the shape check makes maps with string keys
    static Map<String, Object> part(Map<String, Object> tree, String key) {
        return tree.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
    }
}
