package dev.sallyport.formats.document;

/** A shape as a table of a reference page: a row for each key, those of maps inside below it. */
public final class ShapeTable {
    private final StringBuilder text = new StringBuilder();

    private ShapeTable() {}

    public static String of(String path, Shape.Fields fields) {
        var table = new ShapeTable();
        table.text.append("| Key | | Value | Meaning |\n|---|---|---|---|\n");
        table.rows(path, fields);
        return table.text.toString();
    }

    private void rows(String path, Shape.Fields fields) {
        for (Shape.Key key : fields.keys()) {
            String here = path + "." + key.name();
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(here, key.required() ? "required" : "", value(key.shape()), key.about()));
            switch (key.shape()) {
                case Shape.Fields inner -> rows(here, inner);
                case Shape.WordOr either -> rows(here, either.fields());
                case Shape.WordOrMany(String _, Shape.Many(Shape.Fields inner, int _)) -> rows(here + "[]", inner);
                case Shape.Many(Shape.Fields inner, int _) -> rows(here + "[]", inner);
                case Shape.Word _,
                        Shape.Choice _,
                        Shape.Whole _,
                        Shape.Flag _,
                        Shape.Pairs _,
                        Shape.Many _,
                        Shape.WordOrMany _,
                        Shape.Values _ -> {
                    // one row says it
                }
            }
        }
    }

    private static String value(Shape shape) {
        return switch (shape) {
            case Shape.Fields _ -> "a map";
            case Shape.WordOr either -> "`" + either.word() + "`, or a map";
            case Shape.WordOrMany either -> "`" + either.word() + "`, or " + value(either.many());
            case Shape.Choice choice -> "`" + String.join("`, `", choice.words()) + "`";
            case Shape.Many many -> "a list of at most %,d: %s".formatted(many.max(), value(many.item()));
            case Shape.Word _, Shape.Whole _, Shape.Flag _, Shape.Pairs _, Shape.Values _ -> shape.expected();
        };
    }
}
