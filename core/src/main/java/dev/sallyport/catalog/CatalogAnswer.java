package dev.sallyport.catalog;

import dev.sallyport.formats.document.DocumentError;
import java.util.List;
import java.util.stream.Collectors;

/** What came of documents that somebody sent. */
public sealed interface CatalogAnswer {
    /** Every object of the files, and what pruning removes; {@code applied} says whether it has been done. */
    record Sound(List<Change> changes, boolean applied) implements CatalogAnswer {
        public Sound {
            changes = List.copyOf(changes);
        }

        /** What differs, in lines for a person; empty when nothing does. */
        public String text() {
            return changes.stream()
                    .filter(change -> change.action() != Action.UNCHANGED)
                    .map(Change::text)
                    .collect(Collectors.joining("\n"));
        }
    }

    /** Nothing was done; up to 50 errors, by file and place. */
    record Unsound(List<DocumentError> errors) implements CatalogAnswer {
        public Unsound {
            errors = List.copyOf(errors);
        }
    }
}
