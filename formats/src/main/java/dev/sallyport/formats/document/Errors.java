package dev.sallyport.formats.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that a person can mend everything in one go; up to {@value #MAX}. */
public final class Errors {
    public static final int MAX = 50;

    private final List<DocumentError> found = new ArrayList<>();

    public void add(Place at, String message) {
        if (found.size() < MAX) {
            found.add(new DocumentError(at.file(), at.line(), at.column(), message));
        }
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public int count() {
        return found.size();
    }

    /** By file and place. */
    public List<DocumentError> all() {
        return found.stream()
                .sorted(Comparator.comparing(DocumentError::file)
                        .thenComparingInt(DocumentError::line)
                        .thenComparingInt(DocumentError::column))
                .toList();
    }
}
