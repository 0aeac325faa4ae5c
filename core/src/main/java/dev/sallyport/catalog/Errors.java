package dev.sallyport.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that a person can mend everything in one go; up to {@value #MAX}. */
final class Errors {
    static final int MAX = 50;

    private final List<DocumentError> found = new ArrayList<>();

    void add(Place at, String message) {
        if (found.size() < MAX) {
            found.add(new DocumentError(at.file(), at.line(), at.column(), message));
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int count() {
        return found.size();
    }

    /** By file and place. */
    List<DocumentError> all() {
        return found.stream()
                .sorted(Comparator.comparing(DocumentError::file)
                        .thenComparingInt(DocumentError::line)
                        .thenComparingInt(DocumentError::column))
                .toList();
    }
}
