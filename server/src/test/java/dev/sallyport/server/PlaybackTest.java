package dev.sallyport.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Labels;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Slice;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingKey;
import dev.sallyport.formats.recording.RecordingSource;
import dev.sallyport.formats.recording.RecordingVerifier;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.gateway.recorder.RecordingMode;
import dev.sallyport.gateway.recorder.Spool;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.session.Gateways;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ProgramRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SE6, SE7: recordings over HTTP, by whom they may be seen, and only as they were recorded. */
class PlaybackTest {
    private static final Pattern CODE = Pattern.compile("<strong>([B-Z]{4}-[B-Z]{4})</strong>");

    private static ApiWorld world;
    private static Someone dev;
    private static Someone other;

    /** Signs in for sessions of their own: only so many by one person in a minute. */
    private static Someone reader;

    private static Someone auditor;
    private static ControlPlane plane;
    private static int run;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.recordedRole();
        dev = world.signIn("dev");
        other = world.signIn("other");
        auditor = world.holder("auditor-1", "session.read-all", "session.view");
        dev.grant("recorded", "web-1");
        world.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: reader}
                spec: {groups: [developers]}
                """);
        reader = world.signIn("reader");
        reader.grant("recorded", "web-1");
        plane = world.server()
                .feature(GatewaySessions.class)
                .controlPlane(world.server().feature(Gateways.class).builtIn("test", Labels.NONE));
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void aRecordingIsShownInEveryFormatToWhoMaySeeIt() throws Exception {
        SessionId id = stored(RECORDED);

        Reply v2 = auditor.post(path(id), Map.of("format", "asciicast-v2", "reason", "incident 7"));
        Reply v3 = auditor.post(path(id), Map.of("format", "asciicast-v3", "reason", "incident 7"));
        Reply typed = dev.post(path(id), Map.of("format", "asciicast-v3", "input", true));
        Reply text = dev.post(path(id), Map.of("format", "text"));

        assertThat(v2.body().lines().toList())
                .hasSize(3)
                .first()
                .asString()
                .contains("\"version\":2", "\"width\":90", "\"title\":\"" + id + "\"");
        assertThat(v2.body()).contains("[0.100,\"o\",\"hello\\r\\n\"]").doesNotContain("typed");
        assertThat(v3.body()).contains("\"version\":3", "[0.400,\"o\",\"end\\r\\n\"]");
        assertThat(typed.body()).contains("\"i\",\"typed\"");
        assertThat(text.body()).isEqualTo("hello\nend\n");
        assertThat(text.header("Content-Type")).startsWith("text/plain");
        assertThat(text.header("Sallyport-Recording")).isEqualTo("complete");
    }

    /** As long ones are for players: each part begins with the screen as it was, and together they are all of it. */
    @Test
    void aLongRecordingIsShownInPartsByTheMomentThatIsWanted() throws Exception {
        var entries = new ArrayList<Entry>();
        entries.add(new Entry(0, 1, new Event.Terminal("xterm", 90, 30)));
        for (int second = 1; second <= 300; second++) {
            entries.add(output(second * 1000L, ("second " + second + " " + "x".repeat(60) + "\r\n").repeat(1000)));
        }
        SessionId id = storedOfReader(entries);

        Reply first = reader.post(path(id), Map.of("format", "asciicast-v2", "at_ms", 0));
        List<Long> starts = Arrays.stream(
                        first.header("Sallyport-Recording-Parts").split(" "))
                .map(Long::valueOf)
                .toList();
        assertThat(starts).hasSizeBetween(3, 4).startsWith(0L);
        assertThat(first.header("Content-Disposition")).isEqualTo("attachment; filename=\"" + id + ".cast\"");
        long events = 0;
        for (long start : starts) {
            Reply part = reader.post(path(id), Map.of("format", "asciicast-v2", "at_ms", start));
            assertThat(part.body().length()).isLessThan(11 << 20);
            List<String> lines = part.body().lines().toList();
            events += lines.size() - (start > 0 ? 2 : 1);
            assertThat(lines.get(1)).startsWith("[" + (start > 0 ? seconds(start) : "1.000") + ",");
        }
        long second = starts.get(1);
        Reply within = reader.post(path(id), Map.of("format", "asciicast-v2", "at_ms", second + 500));
        assertThat(within.body().lines().toList().get(1))
                .startsWith("[" + seconds(second) + ",\"o\",\"\\u001bcsecond ")
                .contains("second " + (second / 1000 - 1) + " ");

        Reply whole = reader.post(path(id), Map.of("format", "asciicast-v2"));
        assertThat(whole.header("Sallyport-Recording-Parts")).isEmpty();
        assertThat(events).isEqualTo(whole.body().lines().count() - 1);
        assertThat(reader.post(path(id), Map.of("format", "asciicast-v3", "at_ms", 1))
                        .body())
                .contains("input.invalid-value", "at_ms: 1 with format asciicast-v3", "with asciicast-v2");
        assertThat(reader.post(path(id), Map.of("format", "asciicast-v2", "at_ms", -1))
                        .status())
                .isEqualTo(400);
        assertThat(reader.post(path(id), Map.of("format", "asciicast-v2", "at_ms", "soon"))
                        .status())
                .isEqualTo(400);
    }

    private static String seconds(long millis) {
        return BigDecimal.valueOf(millis, 3).toPlainString();
    }

    @Test
    void aTextIsFoundInARecordingWithTheMomentAndTheLine() throws Exception {
        SessionId id = storedOfReader(List.of(
                new Entry(0, 1, new Event.Terminal("xterm", 90, 30)),
                output(1_000, "\u001b[31mhay"),
                output(2_000, "STACK\u001b[0m\r\nno\r\n"),
                new Entry(2_500, 1, new Event.Data(Event.Stream.INPUT, "haystack".getBytes(UTF_8))),
                output(3_250, "a Haystack again\r\n"),
                output(3_500, "x".repeat(199) + "\uD83D\uDE00 far behind, a needle\r\n"),
                new Entry(4_000, 2, new Event.Data(Event.Stream.OUTPUT, "haystack elsewhere\n".getBytes(UTF_8)))));

        Reply found = auditor.post(path(id), Map.of("format", "found", "find", "haystack", "reason", "incident 7"));

        assertThat(found.body().lines().toList())
                .containsExactly(
                        "{\"at\":2.000,\"line\":\"haySTACK\"}", "{\"at\":3.250,\"line\":\"a Haystack again\"}");
        assertThat(reader.post(path(id), Map.of("format", "found", "find", "needle"))
                        .body())
                .isEqualTo("{\"at\":3.500,\"line\":\"" + "x".repeat(199) + "\"}\n");
        assertThat(reader.post(path(id), Map.of("format", "found", "find", "not there"))
                        .body())
                .isEmpty();
        for (Map<String, Object> bad : List.<Map<String, Object>>of(
                Map.of("format", "found"),
                Map.of("format", "found", "find", " "),
                Map.of("format", "found", "find", "x".repeat(201)),
                Map.of("format", "text", "find", "x"),
                Map.of("format", "found", "find", "x", "input", true))) {
            assertThat(reader.post(path(id), bad).code()).as(bad.toString()).isEqualTo("input.invalid-value");
        }
        assertThat(reader.post(path(id), Map.of("format", "found", "find", "a\u001b[2Jb"))
                        .code())
                .as("it would stand in the log")
                .isEqualTo("input.invalid-text");
        assertThat(auditor.post(path(id), Map.of("format", "found", "find", "x"))
                        .code())
                .isEqualTo("session.reason-required");
        assertThat(other.post(path(id), Map.of("format", "found", "find", "x", "reason", "curious"))
                        .code())
                .isEqualTo("session.unknown");
    }

    @Test
    void whoSearchesIsToldThatThereIsMoreAndTheLogSaysWhatWasLookedFor() throws Exception {
        var entries = new ArrayList<Entry>(List.of(new Entry(0, 1, new Event.Terminal("xterm", 90, 30))));
        for (int i = 1; i <= 60; i++) {
            entries.add(output(i * 10L, "needle " + i + "\r\n"));
        }
        SessionId id = storedOfReader(entries);

        List<String> found = reader.post(path(id), Map.of("format", "found", "find", "needle"))
                .body()
                .lines()
                .toList();
        auditor.post(path(id), Map.of("format", "found", "find", "Needle 1", "reason", "incident 7"));
        auditor.post(path(id), Map.of("format", "asciicast-v2", "at_ms", 250, "reason", "incident 7"));

        assertThat(found).hasSize(51).last().isEqualTo("{\"more\":true}");
        assertThat(found.get(49)).contains("needle 50");
        assertThat(reader.post(path(id), Map.of("format", "found", "find", "needle 6"))
                        .body())
                .contains("needle 60")
                .doesNotContain("more");
        assertThat(events("session.viewed", id))
                .anyMatch(event -> event.contains("\"how\":\"found\""))
                .noneMatch(event -> event.contains("Needle 1"))
                .anyMatch(event -> event.contains("\"at_ms\":250"));
        List<String> personal = world.database().read(rx -> rx.list("""
                        select p.fields::text from event_personal p join event e on e.id = p.event_id
                         where e.activity = 'session.viewed' and e.session_id = ?
                        """, row -> row.getString(1), id));
        assertThat(personal).as("what was looked for can be forgotten").anyMatch(fields -> fields.contains("Needle 1"));
    }

    @Test
    void nobodySeesItWithoutTheRightAReasonOrAFormat() throws Exception {
        SessionId id = stored(RECORDED);

        assertThat(other.post(path(id), Map.of("format", "text", "reason", "curious"))
                        .code())
                .isEqualTo("session.unknown");
        assertThat(auditor.post(path(id), Map.of("format", "text")).code()).isEqualTo("session.reason-required");
        assertThat(auditor.post(path(id), Map.of("format", "gif", "reason", "x"))
                        .status())
                .isEqualTo(400);
        assertThat(auditor.post(path(id), Map.of("format", "text", "input", true, "reason", "x"))
                        .status())
                .isEqualTo(400);
        assertThat(auditor.post(path(open()), Map.of("format", "text", "reason", "x"))
                        .code())
                .isEqualTo("recording.not-there");
    }

    @Test
    void everyViewingIsAnEventBeforeItIsShown() throws Exception {
        SessionId id = stored(RECORDED);

        auditor.post(path(id), Map.of("format", "text", "reason", "incident 7"));
        auditor.post(path(id), Map.of("format", "text"));

        assertThat(events("session.viewed", id)).singleElement().asString().contains("\"how\":\"text\"");
    }

    @Test
    void aRecordingThatWasCutShortOrHasGapsSaysSo() throws Exception {
        Made made = made(List.of(RECORDED.getFirst(), RECORDED.get(1)), false);
        store(made, "cut-short", List.of("the gateway was stopped, at most 5500 ms lost"));

        Reply text = dev.post(path(made.id), Map.of("format", "text"));
        Reply cast = dev.post(path(made.id), Map.of("format", "asciicast-v2"));

        assertThat(text.header("Sallyport-Recording")).isEqualTo("cut short");
        assertThat(text.header("Sallyport-Recording-Gap")).contains("at most 5500 ms lost");
        assertThat(text.body()).startsWith("hello\n[the recording is cut short here: the gateway was stopped");
        assertThat(cast.body().lines().toList().getLast()).contains("\"m\",\"the recording is cut short here");
        // its own player takes markers, and wants a terminal, which turns line feeds into two characters
        Path exported = Files.writeString(dir.resolve("short.cast"), cast.body());
        assertThat(ProgramRun.of(
                                Duration.ofSeconds(60),
                                List.of("script", "-q", "-e", "-c", "asciinema cat " + exported, "/dev/null"))
                        .succeeded()
                        .stdout()
                        .replace("\r", ""))
                .isEqualTo("hello\n");
    }

    @Test
    void aTamperedRecordingIsAnErrorAndAFindingAndNothingOfItIsShown() throws Exception {
        Made made = made(RECORDED, true);
        store(made, "complete", List.of());
        Path file = recordings().resolve(made.id + ".rec");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 45] ^= 1;
        Files.write(file, bytes);

        Reply reply = dev.post(path(made.id), Map.of("format", "text"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).startsWith("recording.");
        assertThat(reply.body()).doesNotContain("hello");
        assertThat(reply.header("Sallyport-Recording")).isEmpty();
        assertThat(events("recording.damaged", made.id)).hasSize(1);
        List<Finding> open = world.database().<List<Finding>>read(rx -> Findings.list(rx, true, Slice.newest(50)));
        assertThat(open)
                .anyMatch(finding -> finding.kind().equals("recording-damaged")
                        && finding.subject().equals(made.id.value()));
    }

    @Test
    void anotherRecordingInItsPlaceIsNotShown() throws Exception {
        Made made = made(RECORDED, true);
        store(made, "complete", List.of());
        Made foreign = made(RECORDED, true);
        Files.delete(recordings().resolve(made.id + ".rec"));
        Files.copy(foreign.file, recordings().resolve(made.id + ".rec"));

        assertThat(dev.post(path(made.id), Map.of("format", "text")).code())
                .isEqualTo("recording.not-the-one-announced");
    }

    /** Whoever changed recording and its stored hash alike has not changed what was announced meanwhile (AU2). */
    @Test
    void aRecordingIsShownIfItGrewAsAnnouncedAndIsAnErrorAndAFindingOtherwise() throws Exception {
        Made made = made(RECORDED, true);
        announce(made, 1, chain(made));
        store(made, "complete", List.of());
        assertThat(dev.post(path(made.id), Map.of("format", "text")).body()).isEqualTo("hello\nend\n");

        announce(made, 1, "ab".repeat(32));
        Reply reply = dev.post(path(made.id), Map.of("format", "text"));

        assertThat(reply.code()).isEqualTo("recording.not-the-one-announced");
        assertThat(reply.body())
                .contains("after 1 chunks the chain is " + chain(made))
                .contains("announced: abab")
                .doesNotContain("hello");
        assertThat(events("recording.damaged", made.id)).hasSize(1);
        List<Finding> open = world.database().<List<Finding>>read(rx -> Findings.list(rx, true, Slice.newest(50)));
        assertThat(open)
                .anyMatch(finding -> finding.kind().equals("recording-damaged")
                        && finding.subject().equals(made.id.value()));
    }

    @Test
    void whoReviewsAnEmergencySeesTheRecordingOfItsSessionAndOpensIt() throws Exception {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: rescuer}
                spec: {groups: [developers]}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: rescue}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [fixer]}
                  access: gateway
                  request: {maxDuration: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-rescue}
                spec: {role: rescue, subjects: {groups: [developers]}}
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: rescue}
                spec:
                  match: {roles: [rescue]}
                  rules: [{name: developers, when: 'request.breakGlass && "developers" in groups', effect: allow, approvals: none}]
                """);
        world.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "agreed");
        Reply broken = world.signIn("rescuer")
                .post(
                        "/requests",
                        Map.of(
                                "items",
                                List.of(Map.of("role", "rescue", "target", "web-1")),
                                "duration",
                                "PT30M",
                                "reason",
                                "the shop is down, INC-9",
                                "break_glass",
                                true));
        Someone reviewer = world.holder("reviewer-1", "review.decide", "session.read-all", "session.view");
        String review =
                String.valueOf(reviewer.get("/reviews").items().getFirst().get("id"));
        String before = page("reviewer-1", "/reviews/" + review);
        Made made = made(RECORDED, true, "rescuer", "fixer");
        store(made, "complete", List.of());
        String play = "/sessions/" + made.id + "/play";

        String page = page("reviewer-1", "/reviews/" + review);
        world.holder("reviewer-2", "review.decide", "session.read-all");
        String unseeing = page("reviewer-2", "/reviews/" + review);
        var browser = world.browser("reviewer-1");
        String asked = PortalTest.page(browser, play).body();
        String player = PortalTest.send(browser, play, Map.of("reason", "the review of " + review))
                .body();
        HttpResponse<String> cast =
                PortalTest.send(browser, "/sessions/" + made.id + "/cast", Map.of("reason", "the review of " + review));

        assertThat(broken.text("state")).as(broken.body()).isEqualTo("approved");
        assertThat(before).contains("No session went through a gateway with this grant");
        assertThat(page)
                .contains("href=\"" + play + "\"", "complete")
                .doesNotContain("No session went through a gateway with this grant");
        assertThat(unseeing).contains(made.id.value()).doesNotContain(play);
        assertThat(asked).contains("Why do you look at it?");
        assertThat(player).contains("the review of " + review);
        assertThat(cast.body()).contains("hello");
        assertThat(events("session.viewed", made.id))
                .filteredOn(event -> event.contains("asciicast-v2"))
                .hasSize(1);
    }

    private static String page(String name, String path) {
        return PortalTest.page(world.browser(name), path).body();
    }

    private static void announce(Made made, long chunks, String chain) {
        plane.report(
                "run-" + ++run,
                List.of(new Report(1, Instant.now(), made.id, new Report.RecordingProgress(chunks, 100, chain))));
    }

    private static String chain(Made made) throws IOException {
        return RecordingVerifier.verify(RecordingSource.of(made.file)).chain();
    }

    /** More than what lies between server and client holds, so that it stays under way until it is read. */
    private Made large() throws Exception {
        var random = new Random(7);
        var entries = new java.util.ArrayList<Entry>(List.of(RECORDED.getFirst()));
        for (int i = 0; i < 3_000; i++) {
            var noise = new byte[6_000];
            random.nextBytes(noise);
            entries.add(output(i, Base64.getEncoder().encodeToString(noise) + "\r\n"));
        }
        Made made = made(entries, true, "reader", "deploy");
        store(made, "complete", List.of());
        return made;
    }

    @Test
    void nobodyTakesAllThePlacesThatThereAreForShowing() throws Exception {
        Made made = large();
        Map<String, Object> wanted = Map.of("format", "asciicast-v2", "reason", "incident 7");
        var shown = new ArrayList<InputStream>();
        for (int i = 0; i < 4; i++) {
            shown.add(reader.stream(path(made.id), wanted).body());
        }

        Reply refused = reader.post(path(made.id), wanted);
        Reply other = auditor.post(path(made.id), Map.of("format", "text", "reason", "incident 7"));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("playback.busy", "shows you 4 recordings already");
        assertThat(other.status()).isEqualTo(200);
        for (InputStream each : shown) {
            each.close();
        }
        Await.until(
                "room again",
                Duration.ofSeconds(30),
                () -> reader.post(path(made.id), Map.of("format", "text")).status() == 200);
    }

    @Test
    void anAnswerThatCannotBeFinishedBreaksOffAndDoesNotLookWhole() throws Exception {
        Made made = large();

        HttpResponse<InputStream> answer = reader.stream(path(made.id), Map.of("format", "asciicast-v2"));
        assertThat(answer.statusCode()).isEqualTo(200);
        try (InputStream body = answer.body()) {
            body.readNBytes(1_000);
            try (var file =
                    new RandomAccessFile(recordings().resolve(made.id + ".rec").toFile(), "rw")) {
                file.setLength(file.length() - 1_000);
            }

            assertThatThrownBy(() -> body.transferTo(java.io.OutputStream.nullOutputStream()))
                    .isInstanceOf(IOException.class);
        }
    }

    private static final List<Entry> RECORDED = List.of(
            new Entry(0, 1, new Event.Terminal("xterm", 90, 30)),
            output(100, "hello\r\n"),
            new Entry(300, 1, new Event.Data(Event.Stream.INPUT, "typed".getBytes(UTF_8))),
            output(500, "end\r\n"));

    private static Entry output(long millis, String text) {
        return new Entry(millis, 1, new Event.Data(Event.Stream.OUTPUT, text.getBytes(UTF_8)));
    }

    private record Made(SessionId id, Path file) {}

    private SessionId stored(List<Entry> entries) throws Exception {
        Made made = made(entries, true);
        store(made, "complete", List.of());
        return made.id;
    }

    private SessionId storedOfReader(List<Entry> entries) throws Exception {
        Made made = made(entries, true, "reader", "deploy");
        store(made, "complete", List.of());
        return made.id;
    }

    /** A session whose recording is written by the recorder itself, closed or recovered after it was left open. */
    private Made made(List<Entry> entries, boolean complete) throws Exception {
        return made(entries, complete, "dev", "deploy");
    }

    private Made made(List<Entry> entries, boolean complete, String person, String account) throws Exception {
        SessionId id = SessionId.next();
        Opened opened = open(id, person, account);
        Path folder = dir.resolve(id.value());
        var key = new RecordingKey(
                opened.recordingKey(),
                HexFormat.of().formatHex(opened.recordingPublicKey().toArray()));
        try (var spool = new Spool(folder, RecorderLimits.USUAL, (_, _, why) -> {
            throw why;
        })) {
            var recorder = spool.start(id.value(), Instant.EPOCH, Map.of(), RecordingMode.STRICT, key);
            for (Entry entry : entries) {
                recorder.append(entry);
            }
            if (complete) {
                recorder.close();
                return new Made(id, spool.closed().getFirst());
            }
        }
        try (var spool = new Spool(folder, RecorderLimits.USUAL, (_, _, _) -> {})) {
            spool.recover(Instant.EPOCH.plus(Duration.ofMinutes(1)), "the gateway was stopped");
            return new Made(id, spool.closed().getFirst());
        }
    }

    private static void store(Made made, String state, List<String> gaps) throws Exception {
        byte[] bytes = Files.readAllBytes(made.file);
        Files.createDirectories(recordings());
        Files.copy(made.file, recordings().resolve(made.id + ".rec"));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        plane.report(
                "run-" + ++run,
                List.of(
                        new Report(1, Instant.now(), made.id, new Report.Closed("left", "", 1, 2)),
                        new Report(
                                2,
                                Instant.now(),
                                made.id,
                                new Report.RecordingStored(
                                        state, made.id + ".rec", 1, bytes.length, 500, hash, gaps))));
    }

    private static Path recordings() {
        return ((ServerConfig.Recordings.Folder)
                        world.server().feature(ServerConfig.class).gateway().recordings())
                .folder();
    }

    private static SessionId open() {
        SessionId id = SessionId.next();
        open(id, "dev", "deploy");
        return id;
    }

    private static Opened open(SessionId id, String person, String account) {
        var to = new Destination("web-1", Optional.of(account), "198.51.100.9", "SSH-2.0-x");
        String link = ((Answer.SignIn) plane.authorize(Evidence.NONE, to)).link();
        var browser = new TestClient(world.server());
        browser.get("/ssh/" + link);
        browser.login(person, ApiWorld.PASSWORD);
        HttpResponse<String> page = browser.post("/ssh/" + link, Map.of("_csrf", browser.formToken("/ssh/" + link)));
        Matcher code = CODE.matcher(page.body());
        assertThat(code.find()).as(page.body()).isTrue();
        var evidence = new Evidence(Optional.empty(), Optional.of(new Evidence.LinkAnswer(link, code.group(1))));
        var permitted = (Answer.Permitted) plane.authorize(evidence, to);
        return plane.open(
                permitted.permit().id(), id, new Opening(Instant.now(), to.clientAddress(), to.clientVersion()));
    }

    private static List<String> events(String type, SessionId id) {
        return world.database()
                .read(rx -> rx.list(
                        "select convert_from(body, 'UTF8') from event where activity = ? and session_id = ?",
                        row -> row.getString(1),
                        type,
                        id));
    }

    private static String path(SessionId id) {
        return "/sessions/" + id + "/playback";
    }
}
