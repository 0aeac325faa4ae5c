package dev.sallyport.cli.output;

/** How an answer is shown. The constants are written as the option's values are. */
public enum Format {
    TABLE,
    JSON,
    YAML,
    /** A table with every column, not cut to the terminal. */
    WIDE;

    /** Whether the reader is a program. */
    public boolean isData() {
        return this == JSON || this == YAML;
    }
}
