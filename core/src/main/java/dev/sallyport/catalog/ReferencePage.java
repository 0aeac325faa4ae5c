package dev.sallyport.catalog;

import dev.sallyport.formats.document.Shape;
import dev.sallyport.formats.document.ShapeTable;
import dev.sallyport.formats.document.SourceFile;

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
        text.append(ShapeTable.of("spec", kind.spec()));
    }
}
