package dev.sallyport.policy.code;

import dev.sallyport.formats.document.DocumentError;

/**
 * Something that is allowed and probably not meant.
 *
 * @param code stable: {@code never-true}, {@code unreachable}, {@code over-broad} …
 */
public record Lint(String code, DocumentError at) {
    /** As compilers print it. */
    @Override
    public String toString() {
        return at.file() + ":" + at.line() + ":" + at.column() + ": " + at.message() + " [" + code + "]";
    }
}
