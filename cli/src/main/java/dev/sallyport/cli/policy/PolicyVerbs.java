package dev.sallyport.cli.policy;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.GivenFiles;
import dev.sallyport.cli.verb.Root;
import dev.sallyport.policy.code.JUnitXml;
import dev.sallyport.policy.code.PolicyFiles;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.PolicyTest;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code policy check}, {@code policy test} and {@code policy explain}: from files, or what a server has decided. */
@Command(
        name = "policy",
        synopsisSubcommandLabel = "VERB",
        description = {
            "Checks and tests policies in files, which needs no server;",
            "and which set of them decides on a server, why it decided so, and what another would decide."
        },
        footer = {"", "Example:", "  sallyport policy check -f policies/"})
public final class PolicyVerbs extends PolicySetVerbs {

    /** The files that each of the verbs reads. */
    static final class Given {
        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "FILE|DIR",
                description = "a YAML file, or a folder of them; may be repeated")
        private List<Path> files = List.of();

        PolicyFiles read() {
            return PolicyFolder.read(files);
        }
    }

    public PolicyVerbs(Root root) {
        super(root);
    }

    @Command(
            name = "check",
            description = {
                "Reads and checks policies: types, names, limits, and what is probably not meant. Without -f it checks a set of the",
                "server beside its whole catalogue: also for roles that nobody could get (right policy.read).",
                "Ends with 1 when anything is wrong, and with --strict when anything is probably not meant."
            },
            footer = {
                "",
                "Example:",
                "  sallyport policy check -f policies/ --strict",
                "  sallyport policy check --set enforced"
            })
    int check(
            @Option(
                            names = {"-f", "--file"},
                            paramLabel = "FILE|DIR",
                            description = "a YAML file, or a folder of them; may be repeated")
                    @Nullable
                    List<Path> files,
            @Option(names = "--set", paramLabel = "SET", description = "of the server; without -f (default: draft)")
                    @Nullable
                    String named,
            @Option(names = "--strict", description = "fail on what is probably not meant too") boolean strict) {
        if (files == null || files.isEmpty()) {
            return checkedAtServer(named == null ? "draft" : named, strict);
        }
        if (named != null) {
            throw Failure.usage("--set stands beside -f (expected: one of the two)", null);
        }
        PolicyFiles read = PolicyFolder.read(files);
        boolean bad = read.set().isEmpty() || strict && !read.lint().isEmpty();
        ObjectNode answer = Json.object();
        var errors = answer.putArray("errors");
        read.errors()
                .forEach(error -> errors.addObject()
                        .put("file", error.file())
                        .put("line", error.line())
                        .put("column", error.column())
                        .put("message", error.message()));
        var lint = answer.putArray("lint");
        read.lint()
                .forEach(found -> lint.addObject()
                        .put("code", found.code())
                        .put("file", found.at().file())
                        .put("line", found.at().line())
                        .put("column", found.at().column())
                        .put("message", found.at().message()));
        read.set().ifPresent(set -> answer.put("rules", set.size()).put("hash", set.hash()));
        root.show(answer, () -> checked(read));
        return bad ? Exit.FAILED : Exit.DONE;
    }

    private int checkedAtServer(String set, boolean strict) {
        JsonNode answer = root.api().post("/policy/check", Json.object().put("set", set));
        root.show(answer, () -> {
            var text = new StringBuilder();
            for (JsonNode note : answer.path("items")) {
                text.append("note: ")
                        .append(Text.printable(Json.text(note, "message")))
                        .append(" [")
                        .append(Json.text(note, "code"))
                        .append("]\n");
            }
            return text.append("%s rules, %d notes; content %s%n"
                            .formatted(
                                    Json.text(answer, "rules"),
                                    answer.path("items").size(),
                                    Json.text(answer, "set")))
                    .toString();
        });
        return strict && !answer.path("items").isEmpty() ? Exit.FAILED : Exit.DONE;
    }

    private static String checked(PolicyFiles read) {
        var text = new StringBuilder();
        read.errors()
                .forEach(error -> text.append("error: ")
                        .append(Text.printable(error.toString()))
                        .append('\n'));
        read.lint()
                .forEach(found -> text.append("note: ")
                        .append(Text.printable(found.toString()))
                        .append('\n'));
        read.set()
                .ifPresentOrElse(
                        set -> text.append("%d rules, %d notes; content %s%n"
                                .formatted(set.size(), read.lint().size(), set.hash())),
                        () -> text.append("%d errors%n".formatted(read.errors().size())));
        return text.toString();
    }

    @Command(
            name = "test",
            description = {
                "Decides the cases of PolicyTest documents by the policies beside them.",
                "With --set a set of the server decides instead.",
                "Ends with 1 when a case comes out otherwise than it expects, or when there is none."
            },
            footer = {
                "",
                "Example:",
                "  sallyport policy test -f policies/ --junit policy-tests.xml",
                "  sallyport policy test -f tests/ --set enforced"
            })
    int test(
            @Mixin Given given,
            @Option(names = "--set", paramLabel = "SET", description = "of the server; --junit goes without it")
                    @Nullable
                    String named,
            @Option(names = "--junit", paramLabel = "FILE", description = "write the results as JUnit XML too")
                    @Nullable
                    Path junit) {
        if (named != null) {
            if (junit != null) {
                throw Failure.usage("--junit stands beside --set (expected: one of the two)", null);
            }
            return testedAtServer(named, given.files);
        }
        PolicyFiles read = given.read();
        PolicySet set = sound(read);
        List<JUnitXml.Suite> suites = read.tests().stream()
                .map(test -> new JUnitXml.Suite(test.name(), test.run(set)))
                .toList();
        if (suites.isEmpty()) {
            throw Failure.here("policy.no-tests", "the files hold no PolicyTest", "write one: docs/how-to/policies.md");
        }
        if (junit != null) {
            write(junit, JUnitXml.of(suites));
        }
        List<PolicyTest.Result> results =
                suites.stream().flatMap(suite -> suite.results().stream()).toList();
        long failed = results.stream().filter(result -> !result.passed()).count();
        ObjectNode answer = Json.object();
        var cases = answer.putArray("cases");
        for (JUnitXml.Suite suite : suites) {
            for (PolicyTest.Result result : suite.results()) {
                ObjectNode one = cases.addObject()
                        .put("test", suite.name())
                        .put("name", result.of().name())
                        .put("passed", result.passed());
                var differences = one.putArray("differences");
                result.differences().forEach(differences::add);
            }
        }
        answer.put("passed", results.size() - failed).put("failed", failed);
        root.show(answer, () -> tested(suites, results.size() - failed, failed));
        return failed > 0 ? Exit.FAILED : Exit.DONE;
    }

    private int testedAtServer(String set, List<Path> files) {
        ObjectNode body = Json.object().put("set", set);
        body.set("files", GivenFiles.read(files));
        JsonNode answer = root.api().post("/policy/test", body);
        root.show(answer, () -> {
            var text = new StringBuilder();
            for (JsonNode one : answer.path("items")) {
                if (!one.path("passed").asBoolean(false)) {
                    text.append("%s:%s: %s: %s%n"
                            .formatted(
                                    Json.text(one, "file"),
                                    Json.text(one, "line"),
                                    Json.text(one, "test"),
                                    Json.text(one, "name")));
                    Json.texts(one.path("differences"))
                            .forEach(line -> text.append("    ").append(line).append('\n'));
                    Json.texts(one.path("trace"))
                            .forEach(line -> text.append("      ").append(line).append('\n'));
                }
            }
            text.append("%s passed, %s failed; set %s%n"
                    .formatted(Json.text(answer, "passed"), Json.text(answer, "failed"), Json.text(answer, "set")));
            return text.toString().lines().map(Text::printable).reduce("", (all, line) -> all + line + "\n");
        });
        return answer.path("failed").asInt(0) > 0 ? Exit.FAILED : Exit.DONE;
    }

    private static String tested(List<JUnitXml.Suite> suites, long passed, long failed) {
        var text = new StringBuilder();
        for (JUnitXml.Suite suite : suites) {
            for (PolicyTest.Result result : suite.results()) {
                if (!result.passed()) {
                    text.append(Text.printable("%s:%d: %s: %s"
                                    .formatted(
                                            result.of().file(),
                                            result.of().line(),
                                            suite.name(),
                                            result.of().name())))
                            .append('\n');
                    result.differences()
                            .forEach(line -> text.append("    ")
                                    .append(Text.printable(line))
                                    .append('\n'));
                    result.ruling()
                            .trace()
                            .forEach(step -> text.append("      ")
                                    .append(Text.printable(step.shown()))
                                    .append('\n'));
                }
            }
        }
        return text.append("%d passed, %d failed%n".formatted(passed, failed)).toString();
    }

    @Command(
            name = "explain",
            description = {
                "Says why a request was decided as it was; or, with -f and --question, what policies in files decide for a",
                "hypothetical one (a document of kind Question), and why."
            },
            footer = {
                "",
                "Example:",
                "  sallyport policy explain req_01k…",
                "  sallyport policy explain -f policies/ --question question.yaml"
            })
    void explain(
            @Parameters(paramLabel = "REQUEST", arity = "0..1", description = "the id of a request") @Nullable
                    String request,
            @Option(
                            names = {"-f", "--file"},
                            paramLabel = "FILE|DIR",
                            description = "a YAML file, or a folder of them; may be repeated")
                    @Nullable
                    List<Path> files,
            @Option(
                            names = "--question",
                            paramLabel = "FILE",
                            description = "the facts, as a document of kind Question")
                    @Nullable
                    Path question,
            @Option(
                            names = "--at",
                            paramLabel = "T",
                            description = "when: RFC 3339 (default: as its facts say, else now)")
                    @Nullable
                    String at) {
        if (request != null) {
            if (files != null || question != null || at != null) {
                throw Failure.usage("REQUEST stands beside -f, --question or --at (expected: alone)", null);
            }
            decided(request);
            return;
        }
        if (files == null || question == null) {
            throw Failure.usage(
                    "explain what? (expected: the id of a request, or -f FILE with --question FILE)",
                    "sallyport requests shows ids");
        }
        PolicySet set = sound(PolicyFolder.read(files));
        PolicyFiles asked = PolicyFolder.read(List.of(question));
        sound(asked);
        if (asked.questions().size() != 1) {
            throw Failure.here(
                    "policy.question",
                    question + " holds " + asked.questions().size() + " documents of kind Question (expected: one)",
                    null);
        }
        Question facts = asked.questions().getFirst().question();
        Instant now = at == null
                ? facts.time().orElseGet(() -> root.shell().now().truncatedTo(ChronoUnit.MILLIS))
                : instant(at);
        Ruling ruling = set.decide(facts, now);
        ObjectNode answer = (ObjectNode) Json.tree(ruling.tree());
        answer.put("policy", set.hash()).put("at", now.toString());
        root.show(answer, () -> explained(facts, ruling, now));
    }

    /** What the server kept of a decision; the rules only for those who may read policies. */
    private void decided(String request) {
        JsonNode answer = root.api().get("/requests/" + Query.segment(request) + "/explanation");
        root.show(answer, () -> {
            var text = new StringBuilder();
            for (JsonNode item : answer.path("items")) {
                text.append("%s asked for %s on %s: %s; it is %s%n"
                        .formatted(
                                Json.text(answer, "requester"),
                                Json.text(item, "role"),
                                Json.text(item, "target"),
                                switch (Json.text(item, "effect")) {
                                    case "allow" -> "allowed at once";
                                    case "approval" -> "allowed after approval";
                                    default -> "denied";
                                },
                                Json.text(item, "state")));
                Json.texts(item.path("explanation"))
                        .forEach(line -> text.append("  ").append(line).append('\n'));
                trace(text, item);
                JsonNode last = item.path("last_word");
                if (last.isObject()) {
                    text.append("at the last word, ")
                            .append(root.times().plain(Json.text(last, "at")))
                            .append(":\n");
                    Json.texts(last.path("explanation"))
                            .forEach(line -> text.append("  ").append(line).append('\n'));
                    trace(text, last);
                }
            }
            return text.toString().lines().map(Text::printable).reduce("", (all, line) -> all + line + "\n");
        });
    }

    private static void trace(StringBuilder text, JsonNode decided) {
        if (decided.path("trace").isArray()) {
            text.append("rules considered, of set ")
                    .append(Json.text(decided, "set"))
                    .append(":\n");
            Json.texts(decided.path("trace"))
                    .forEach(line -> text.append("  ").append(line).append('\n'));
        }
    }

    private static String explained(Question question, Ruling ruling, Instant now) {
        var text = new StringBuilder();
        text.append("%s asks for %s on %s for %s, at %s%n"
                .formatted(
                        question.principal(),
                        question.role(),
                        question.target(),
                        dev.sallyport.base.Durations.shown(question.duration()),
                        now));
        text.append(
                switch (ruling.effect()) {
                    case ALLOW -> "allowed now";
                    case APPROVAL -> "allowed after approval";
                    case DENY -> "denied";
                });
        text.append(":\n");
        ruling.sentences()
                .forEach(sentence -> text.append("  ").append(sentence).append('\n'));
        if (ruling.effect() != Ruling.Effect.DENY) {
            text.append("what holds:\n");
            ruling.demands().tree().forEach((name, value) -> text.append("  %s: %s%n".formatted(name, value)));
        }
        text.append("rules considered:\n");
        ruling.trace().forEach(step -> text.append("  ").append(step.shown()).append('\n'));
        if (ruling.trace().isEmpty()) {
            text.append("  none speaks of this role, target and action\n");
        }
        ruling.again()
                .ifPresent(time ->
                        text.append("to be decided again at ").append(time).append('\n'));
        return text.toString().lines().map(Text::printable).reduce("", (all, line) -> all + line + "\n");
    }

    private PolicySet sound(PolicyFiles read) {
        read.errors().forEach(error -> root.shell().note(error.toString()));
        return read.set()
                .orElseThrow(() -> Failure.here(
                        "policy.invalid", read.errors().size() + " errors", "sallyport policy check -f …"));
    }

    private static Instant instant(String text) {
        try {
            return java.time.OffsetDateTime.parse(text).toInstant();
        } catch (java.time.format.DateTimeParseException _) {
            throw Failure.usage(
                    "--at: " + Text.quoted(text) + " (expected: a time such as 2027-01-31T08:00:00Z)", null);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw Failure.here("output.unwritable", file + " cannot be written: " + e.getMessage(), null);
        }
    }
}
