package dev.sallyport.database;

/** How the rows of a list follow one another. Where a page goes on is told by the id of the last row of the one before. */
public enum Order {
    NEWEST,
    OLDEST,
    /** What is due first, first; of those due at the same instant the older one. */
    DUE;

    /**
     * A list.
     *
     * @param alias of the table in the statement
     * @param due the column that says when a row is due; empty where none is
     */
    public record Of(String table, String alias, String due) {
        public static Of byAge(String table, String alias) {
            return new Of(table, alias, "");
        }

        private String id() {
            return alias + ".id";
        }
    }

    /** Holds for the rows that come after one; its only parameter is the id of that one. */
    public String after(Of list) {
        return switch (this) {
            case NEWEST -> list.id() + " < ?";
            case OLDEST -> list.id() + " > ?";
            case DUE ->
                "(%s.%s, %s) > (select %s, id from %s where id = ?)"
                        .formatted(list.alias(), list.due(), list.id(), list.due(), list.table());
        };
    }

    /** What stands behind {@code order by}. */
    public String by(Of list) {
        return switch (this) {
            case NEWEST -> list.id() + " desc";
            case OLDEST -> list.id();
            case DUE -> list.alias() + "." + list.due() + ", " + list.id();
        };
    }
}
