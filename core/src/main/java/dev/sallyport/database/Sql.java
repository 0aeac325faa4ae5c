package dev.sallyport.database;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which tables a statement of ours writes, read off its text. Our statements are constants, so the answers are kept. */
final class Sql {
    private static final Pattern WRITE = Pattern.compile(
            "\\b(?:insert\\s+into|update(?!\\s+(?:skip|nowait|of|set)\\b)|delete\\s+from|merge\\s+into)\\s+([a-z_][a-z0-9_]*)");
    private static final Map<String, Set<String>> KNOWN = new ConcurrentHashMap<>();

    private Sql() {}

    static Set<String> tablesWritten(String sql) {
        return KNOWN.computeIfAbsent(sql, Sql::read);
    }

    private static Set<String> read(String sql) {
        String text = sql.toLowerCase(Locale.ROOT).replaceAll("for\\s+(no\\s+key\\s+)?update", "for_update");
        return WRITE.matcher(text.replaceAll("do\\s+update\\s+set", "do_update_set"))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toUnmodifiableSet());
    }
}
