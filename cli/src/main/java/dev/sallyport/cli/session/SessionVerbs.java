package dev.sallyport.cli.session;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sessions}, {@code watch}, {@code kill}, {@code message}, {@code pause}, {@code resume}, {@code play}, {@code commands}. */
public final class SessionVerbs extends Root {
    private static final int LIMIT = 50;
    private static final double SPEED_MAX = 100;

    public SessionVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "sessions",
            description = {
                "Sessions through gateways, newest first: everybody's for who may see them, otherwise one's own.",
                "--grep finds sessions that showed a text (three characters or more, whatever their case)."
            },
            footer = {
                "",
                "Example:",
                "  sallyport sessions --live --doing",
                "  sallyport sessions --grep 'permission denied'"
            })
    void sessions(
            @Option(names = "--live", description = "only those that are open") boolean live,
            @Option(names = "--doing", description = "also what was run in open ones last (others' need session.view)")
                    boolean doing,
            @Option(names = "--mine", description = "only one's own") boolean mine,
            @Option(names = "--target", paramLabel = "T", description = "only on this target") @Nullable String target,
            @Option(names = "--identity", paramLabel = "N", description = "only of this person") @Nullable
                    String identity,
            @Option(names = "--grant", paramLabel = "G", description = "only under this grant") @Nullable String grant,
            @Option(names = "--grep", paramLabel = "TEXT", description = "only those that showed this text") @Nullable
                    String grep,
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 50)") @Nullable
                    Integer limit) {
        Query query = Query.of()
                .with("view", mine ? "mine" : null)
                .with("live", live ? "true" : null)
                .with("doing", doing ? "true" : null)
                .with("target", target)
                .with("identity", identity)
                .with("grant", grant)
                .with("grep", grep)
                .with("order", order);
        JsonNode answer = api().list("/sessions", query, limit == null ? LIMIT : limit);
        show(answer, () -> table(answer, doing));
    }

    private String table(JsonNode answer, boolean doing) {
        var table = doing
                ? Table.of("ID", "STATE", "WHO", "TARGET", "STARTED", "LAST COMMAND", "RUN")
                : isWide()
                        ? Table.of(
                                "ID",
                                "STATE",
                                "WHO",
                                "TARGET",
                                "FROM",
                                "STARTED",
                                "ENDED",
                                "WHY",
                                "RECORDING",
                                "BYTES",
                                "GATEWAY")
                        : Table.of("ID", "STATE", "WHO", "TARGET", "STARTED", "ENDED", "RECORDING");
        for (JsonNode session : answer.path("items")) {
            String where = Json.text(session, "login") + "@" + Json.text(session, "target");
            String state = session.path("paused").asBoolean(false) ? "paused" : Json.text(session, "state");
            String started = times().relative(Json.text(session, "started_at"));
            String ended = times().plain(Json.text(session, "ended_at"));
            String recording = Json.text(session, "recording", "state");
            if (doing) {
                table.row(
                        Json.text(session, "id"),
                        state,
                        Json.text(session, "identity"),
                        where,
                        started,
                        Json.text(session, "last_command", "command"),
                        times().relative(Json.text(session, "last_command", "at")));
            } else if (isWide()) {
                table.row(
                        Json.text(session, "id"),
                        state,
                        Json.text(session, "identity"),
                        where,
                        Json.text(session, "client_address"),
                        started,
                        ended,
                        Json.text(session, "end_reason"),
                        recording,
                        Json.text(session, "recording", "bytes"),
                        Json.text(session, "gateway"));
            } else {
                table.row(
                        Json.text(session, "id"),
                        state,
                        Json.text(session, "identity"),
                        where,
                        started,
                        ended,
                        recording);
            }
        }
        return render(table, "no sessions");
    }

    @Command(
            name = "watch",
            description = {
                "Shows an open session as it goes on. Somebody else's needs the right and a reason, which is recorded.",
                "What could reprogram this terminal (clipboard, title, questions it would answer) is left out."
            },
            footer = {"", "Example:", "  sallyport watch ssn_01kb0gq8y9v3mzj1c5t7x2r4wd --reason 'pairing'"})
    void watch(
            @Parameters(paramLabel = "ID", description = "the session") String id,
            @Option(names = "--reason", paramLabel = "R", defaultValue = "", description = "why") String reason) {
        new Watching(this, id).follow(reason);
    }

    @Command(
            name = "kill",
            description = "Ends an open session now; the person at it reads who did and why.",
            footer = {"", "Example:", "  sallyport kill ssn_01kb0gq8y9v3mzj1c5t7x2r4wd --reason 'wrong host'"})
    void kill(
            @Parameters(paramLabel = "ID", description = "the session") String id,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        JsonNode session = api().post(path(id) + "/kill", Json.object().put("reason", reason));
        show(session, () -> Text.printable(id) + " is being ended\n");
    }

    @Command(
            name = "message",
            description = "Writes a line into the terminals of an open session.",
            footer = {"", "Example:", "  sallyport message ssn_01kb0gq8y9v3mzj1c5t7x2r4wd 'please save and log out'"})
    void message(
            @Parameters(paramLabel = "ID", description = "the session") String id,
            @Parameters(paramLabel = "TEXT", description = "one line") String text) {
        api().post(path(id) + "/message", Json.object().put("text", text));
        told(id, "message", "told");
    }

    @Command(
            name = "pause",
            description = "Lets nothing through an open session until it is resumed.",
            footer = {"", "Example:", "  sallyport pause ssn_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void pause(@Parameters(paramLabel = "ID", description = "the session") String id) {
        api().post(path(id) + "/pause", Json.object());
        told(id, "pause", "paused");
    }

    @Command(
            name = "resume",
            description = "Lets a paused session go on.",
            footer = {"", "Example:", "  sallyport resume ssn_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void resume(@Parameters(paramLabel = "ID", description = "the session") String id) {
        api().post(path(id) + "/resume", Json.object());
        told(id, "resume", "goes on");
    }

    private void told(String id, String what, String done) {
        show(Json.object().put("session", id).put("done", what), () -> Text.printable(id) + ": " + done + "\n");
    }

    @Command(
            name = "play",
            description = {
                "Plays the recording of a session in this terminal: a blank pauses, the arrows go five seconds back and on,",
                "'.' goes on to where something happens, q ends. Pauses longer than --idle are cut to it.",
                "--text prints what was shown; --export writes an asciicast. Somebody else's recording needs the right and a",
                "reason. What could reprogram this terminal is left out of what is played or printed, not of what is exported."
            },
            footer = {
                "",
                "Example:",
                "  sallyport play ssn_01kb0gq8y9v3mzj1c5t7x2r4wd --speed 4 --reason 'incident 17'",
                "  sallyport play ssn_01kb0gq8y9v3mzj1c5t7x2r4wd --export session.cast --format asciicast-v3"
            })
    void play(
            @Parameters(paramLabel = "ID", description = "the session") String id,
            @Option(names = "--speed", paramLabel = "2", defaultValue = "1", description = "so many times as fast")
                    double speed,
            @Option(names = "--idle", paramLabel = "2s", description = "the longest pause (default: 2s; 0s keeps all)")
                    @Nullable
                    String idle,
            @Option(names = "--text", description = "print the text") boolean text,
            @Option(names = "--export", paramLabel = "F", description = "write an asciicast here") @Nullable
                    Path export,
            @Option(
                            names = "--format",
                            paramLabel = "V",
                            description = "of --export: asciicast-v3 or asciicast-v2 (default: asciicast-v2, for every"
                                    + " asciinema)")
                    @Nullable
                    String format,
            @Option(names = "--input", description = "export what was typed as well") boolean input,
            @Option(names = "--channel", paramLabel = "N", description = "only this channel") @Nullable Integer channel,
            @Option(names = "--reason", paramLabel = "R", defaultValue = "", description = "why") String reason) {
        if (!(speed > 0 && speed <= SPEED_MAX)) {
            throw Failure.usage("--speed: " + speed + " (expected: more than 0, at most " + SPEED_MAX + ")", null);
        }
        if (text && export != null) {
            throw Failure.usage("--text and --export exclude each other", null);
        }
        if (export == null && (format != null || input)) {
            throw Failure.usage("--format and --input belong to --export", null);
        }
        var recording = new Recorded(this, path(id), reason, channel);
        if (export != null) {
            export(id, recording, export, format(format), input);
        } else if (text) {
            recording.text();
        } else {
            Duration longest = idle == null
                    ? Duration.ofSeconds(2)
                    : idle.matches("0s?") ? Duration.ZERO : Durations.parse("--idle", idle);
            recording.play(speed, longest);
        }
    }

    private static String format(@Nullable String word) {
        return switch (word) {
            case null -> "asciicast-v2";
            case "asciicast-v2", "v2" -> "asciicast-v2";
            case "asciicast-v3", "v3" -> "asciicast-v3";
            default -> throw Failure.usage("--format: " + word + " (expected: asciicast-v3 or asciicast-v2)", null);
        };
    }

    private void export(String id, Recorded recording, Path file, String format, boolean input) {
        long bytes = recording.export(file, format, input);
        show(
                Json.object()
                        .put("session", id)
                        .put("file", file.toString())
                        .put("format", format)
                        .put("bytes", bytes),
                () -> "written: " + file + " (" + format + ", " + bytes + " bytes)\n");
    }

    @Command(
            name = "commands",
            description = {
                "What was run in a session, with times, and exit statuses where they can be known: exactly for commands that",
                "ssh was given, read off the terminal (~) for what was typed into a shell, which can hide what it runs.",
                "Without a session: in all of them, the newest first (others' need session.view)."
            },
            footer = {
                "",
                "Example:",
                "  sallyport commands ssn_01kb0gq8y9v3mzj1c5t7x2r4wd",
                "  sallyport commands --grep 'systemctl restart' --target web-1"
            })
    void commands(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "the session; without one, all") @Nullable
                    String id,
            @Option(names = "--files", description = "the files that were touched instead, of one session")
                    boolean files,
            @Option(
                            names = "--grep",
                            paramLabel = "TEXT",
                            description =
                                    "only those that hold this text (three characters or more, whatever their case)")
                    @Nullable
                    String grep,
            @Option(names = "--target", paramLabel = "T", description = "only on this target") @Nullable String target,
            @Option(names = "--identity", paramLabel = "N", description = "only of this person") @Nullable
                    String identity,
            @Option(names = "--grant", paramLabel = "G", description = "only under this grant") @Nullable String grant,
            @Option(names = "--mine", description = "only in one's own sessions") boolean mine,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 50)") @Nullable
                    Integer limit) {
        boolean narrowed =
                mine || Stream.of(grep, target, identity, grant, limit).anyMatch(Objects::nonNull);
        if (id == null ? files : narrowed) {
            throw InputRefusal.INVALID_VALUE.because(
                    id == null
                            ? "--files without a session (expected: sallyport commands ID --files)"
                            : "a session beside --grep, --target, --identity, --grant, --mine or --limit (expected: the one or the others)");
        }
        if (id == null) {
            Query query = Query.of()
                    .with("view", mine ? "mine" : null)
                    .with("grep", grep)
                    .with("target", target)
                    .with("identity", identity)
                    .with("grant", grant);
            JsonNode answer = api().list("/commands", query, limit == null ? LIMIT : limit);
            show(answer, () -> ran(answer));
            return;
        }
        JsonNode answer = api().get(path(id) + (files ? "/files" : "/commands"));
        show(answer, () -> files ? files(answer) : commands(answer));
    }

    private String ran(JsonNode answer) {
        var table = Table.of("SESSION", "TIME", "WHO", "WHERE", "", "EXIT", "COMMAND", "RULE");
        for (JsonNode command : answer.path("items")) {
            table.row(
                    Json.text(command, "session"),
                    times().relative(Json.text(command, "at")),
                    Json.text(command, "identity"),
                    Json.text(command, "login") + "@" + Json.text(command, "target"),
                    command.path("exact").asBoolean(false) ? "" : "~",
                    Json.text(command, "exit_status"),
                    Json.text(command, "command"),
                    rule(command));
        }
        return render(table, "no commands");
    }

    private static String rule(JsonNode command) {
        String pattern = Json.text(command, "pattern");
        return pattern.isEmpty() ? "" : (command.path("blocked").asBoolean(false) ? "blocked: " : "alert: ") + pattern;
    }

    private String commands(JsonNode answer) {
        var table = Table.of("TIME", "", "EXIT", "COMMAND", "RULE");
        for (JsonNode command : answer.path("items")) {
            table.row(
                    times().full(Json.text(command, "at")),
                    command.path("exact").asBoolean(false) ? "" : "~",
                    Json.text(command, "exit_status"),
                    Json.text(command, "command"),
                    rule(command));
        }
        return render(table, "no commands");
    }

    private String files(JsonNode answer) {
        var table = Table.of("TIME", "WHAT", "BYTES", "PATH", "SHA256");
        for (JsonNode file : answer.path("items")) {
            table.row(
                    times().full(Json.text(file, "at")),
                    Json.text(file, "operation"),
                    Json.text(file, "bytes"),
                    Json.text(file, "path"),
                    Json.text(file, "sha256"));
        }
        return render(table, "no files");
    }

    private static String path(String id) {
        return "/sessions/" + Query.segment(id);
    }
}
