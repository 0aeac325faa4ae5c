package dev.sallyport.catalog;

/** Writes {@code docs/reference/documents.md} from the shapes, so that the page cannot say anything else than the code. */
final class ReferencePage {
    private final StringBuilder text = new StringBuilder();

    private ReferencePage() {}

    static String text() {
        var page = new ReferencePage();
        page.head();
        for (Kind kind : Kind.values()) {
            page.kind(kind);
        }
        return page.text.toString();
    }

    private void head() {
        text.append("""
                # Catalogue documents

                This page is made from the code; a test compares the two.

                Files hold YAML 1.2 (any number of documents, divided by `---`) or JSON, in UTF-8. There are no anchors, aliases and
                tags, a key stands once in a map, and unknown keys are refused. One file has at most %d KiB, one call at most %d MiB,
                %,d files and %,d documents. Durations read as `1h30m` or `PT1H30M`, times as `2027-01-31T08:00:00Z`. Secrets never
                stand in documents.

                ```yaml
                apiVersion: %s
                kind: Group
                metadata: {name: leads}
                spec: {description: They approve}
                ```

                `metadata.name` is %s. Only a Target has `metadata.labels`: %s.
                """.formatted(
                        SourceFile.MAX / 1024,
                        DocumentReader.BYTES_MAX / 1024 / 1024,
                        DocumentReader.FILES_MAX,
                        DocumentReader.DOCUMENTS_MAX,
                        Schemas.API_VERSION,
                        Words.NAME.expected(),
                        new Shape.Pairs().expected()));
    }

    private void kind(Kind kind) {
        text.append("\n## ")
                .append(kind.word())
                .append("\n\n")
                .append(kind.about())
                .append("\n\n");
        text.append("| Key | | Value | Meaning |\n|---|---|---|---|\n");
        rows("spec", kind.spec());
    }

    private void rows(String path, Shape.Fields fields) {
        for (Shape.Key key : fields.keys()) {
            String here = path + "." + key.name();
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(here, key.required() ? "required" : "", value(key.shape()), key.about()));
            switch (key.shape()) {
                case Shape.Fields inner -> rows(here, inner);
                case Shape.WordOr either -> rows(here, either.fields());
                case Shape.Many(Shape.Fields inner, int _) -> rows(here + "[]", inner);
                case Shape.Word _, Shape.Choice _, Shape.Whole _, Shape.Flag _, Shape.Pairs _, Shape.Many _ -> {
                    // one row says it
                }
            }
        }
    }

    private static String value(Shape shape) {
        return switch (shape) {
            case Shape.Fields _ -> "a map";
            case Shape.WordOr either -> "`" + either.word() + "`, or a map";
            case Shape.Choice choice -> "`" + String.join("`, `", choice.words()) + "`";
            case Shape.Many many -> "a list of at most %,d: %s".formatted(many.max(), value(many.item()));
            case Shape.Word _, Shape.Whole _, Shape.Flag _, Shape.Pairs _ -> shape.expected();
        };
    }
}
