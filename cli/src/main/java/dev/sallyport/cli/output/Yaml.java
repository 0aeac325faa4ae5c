package dev.sallyport.cli.output;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Writes a JSON tree as block YAML; every text that YAML could read as something else is quoted. */
public final class Yaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_./-]*");
    private static final Pattern SPECIAL =
            Pattern.compile("true|false|null|yes|no|on|off|y|n|\\.nan|\\.inf", Pattern.CASE_INSENSITIVE);

    private Yaml() {}

    public static String write(JsonNode node) {
        var out = new StringBuilder();
        if (isBlock(node)) {
            block(out, node, 0);
        } else {
            scalar(out, node);
            out.append('\n');
        }
        return out.toString();
    }

    private static void block(StringBuilder out, JsonNode node, int depth) {
        if (node.isObject()) {
            for (var entry : node.properties()) {
                out.repeat("  ", depth);
                text(out, entry.getKey());
                out.append(':');
                nested(out, entry.getValue(), depth + 1);
            }
        } else {
            for (JsonNode item : node) {
                out.repeat("  ", depth).append('-');
                nested(out, item, depth + 1);
            }
        }
    }

    private static void nested(StringBuilder out, JsonNode node, int depth) {
        if (isBlock(node)) {
            out.append('\n');
            block(out, node, depth);
        } else {
            out.append(' ');
            scalar(out, node);
            out.append('\n');
        }
    }

    private static boolean isBlock(JsonNode node) {
        return node.isContainer() && !node.isEmpty();
    }

    private static void scalar(StringBuilder out, JsonNode node) {
        if (node.isString()) {
            text(out, node.asString());
        } else {
            out.append(Json.compact(node));
        }
    }

    private static void text(StringBuilder out, String text) {
        if (PLAIN.matcher(text).matches() && !SPECIAL.matcher(text).matches()) {
            out.append(text);
        } else {
            Json.quote(out, text);
        }
    }
}
