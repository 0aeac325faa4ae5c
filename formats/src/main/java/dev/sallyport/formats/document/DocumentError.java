package dev.sallyport.formats.document;

import dev.sallyport.base.Text;

/** What is wrong with a document, and where; line and column count from 1. */
public record DocumentError(String file, int line, int column, String message) {
    /** As compilers print it: {@code roles.yaml:12:9: spec.access: …}. */
    @Override
    public String toString() {
        return Text.printable(file) + ":" + line + ":" + column + ": " + message;
    }
}
