package dev.sallyport.postgres;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The text of {@code postgresql.conf}. The port is not in it: it is chosen anew at each start. */
final class Settings {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)?");

    /** What keeps the server private and durable is not the caller's to change. */
    private static final Set<String> OURS = Set.of(
            "data_directory",
            "external_pid_file",
            "fsync",
            "hba_file",
            "ident_file",
            "listen_addresses",
            "log_min_error_statement",
            "logging_collector",
            "password_encryption",
            "port",
            "unix_socket_directories");

    private Settings() {}

    static void checkExtra(Map<String, String> extra) {
        extra.forEach((name, value) -> {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("setting: \"" + name + "\" (expected: a PostgreSQL setting's name)");
            }
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("setting: " + name + " cannot be changed (fixed: "
                        + OURS.stream().sorted().collect(Collectors.joining(", ")) + ")");
            }
            if (value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("setting: " + name + " holds a control character");
            }
        });
    }

    static String text(boolean fsync, Map<String, String> extra) {
        var all = new TreeMap<String, String>();
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", "");
        all.put("password_encryption", "scram-sha-256");
        all.put("max_connections", "100");
        all.put("shared_buffers", "128MB");
        all.put("fsync", onOff(fsync));
        // also without fsync: a commit then survives the server's death, if not the machine's
        all.put("synchronous_commit", "on");
        all.put("full_page_writes", onOff(fsync));
        all.put("log_timezone", "UTC");
        all.put("timezone", "UTC");
        all.put("lc_messages", "C");
        all.put("logging_collector", "off");
        all.put("log_line_prefix", "%m [%p] ");
        // a failing "create role … password" must not end up in the log
        all.put("log_min_error_statement", "panic");
        all.putAll(extra);
        return all.entrySet().stream()
                .map(setting -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining());
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
