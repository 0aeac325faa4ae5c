package dev.sallyport.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingKey;
import dev.sallyport.formats.recording.RecordingKeyPair;
import dev.sallyport.formats.recording.RecordingReader;
import dev.sallyport.gateway.recorder.FolderStore;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.TargetAccess;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.S3Stand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SE5: what is told of recordings, whatever happened between the session and the store. */
class SealedRecordersTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final RecordingKeyPair KEYS = RecordingKeyPair.generate("rck-1");

    @TempDir
    private Path dir;

    private final List<Report.What> told = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final SessionId session = SessionId.next();
    private Store store;

    @BeforeEach
    void openStore() throws IOException {
        store = new Store(new FolderStore(dir.resolve("store")), away, Optional.empty(), new AtomicBoolean());
    }

    @Test
    void aRecordingThatWasClosedBeforeARestartIsToldFromItsFile() throws Exception {
        away.set(true);
        try (SealedRecorders recorders = open()) {
            record(recorders, "hello");
        }
        away.set(false);

        try (SealedRecorders _ = open()) {
            Report.RecordingStored stored = stored();

            assertThat(stored.state()).isEqualTo("complete");
            assertThat(stored.chunks()).isEqualTo(1);
            assertThat(stored.gaps()).isEmpty();
        }
    }

    @Test
    void aRecordingThatWasCutShortIsStillToldSoAfterASecondRestart() throws Exception {
        away.set(true);
        SealedRecorders killed = open();
        var recorder = begin(killed);
        recorder.open(1, SessionRecorder.Kind.TERMINAL, "shell", 80, 24).output("hello".getBytes(UTF_8), 0, 5);
        killed.close(); // the session was never closed
        open().close(); // recovers and cannot store
        away.set(false);

        try (SealedRecorders _ = open()) {
            Report.RecordingStored stored = stored();

            assertThat(stored.state()).isEqualTo("cut-short");
            assertThat(stored.gaps()).singleElement().asString().startsWith("the gateway was stopped, at most");
        }
    }

    @Test
    void aRecordingDamagedInTheSpoolIsSetAsideAndToldAndNotStored() throws Exception {
        away.set(true);
        try (SealedRecorders recorders = open()) {
            record(recorders, "hello");
        }
        Path file = dir.resolve("spool").resolve(session + ".rec");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 40] ^= 1;
        Files.write(file, bytes);
        away.set(false);

        try (SealedRecorders _ = open()) {
            Await.until("the report", LIMIT, () -> !told.isEmpty());

            assertThat(told)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Report.RecordingGap.class,
                            gap -> assertThat(gap.why()).startsWith("the recording was damaged in the spool"));
            assertThat(file).doesNotExist();
            assertThat(dir.resolve("spool").resolve(session + ".damaged")).exists();
            assertThat(dir.resolve("store").resolve(session + ".rec")).doesNotExist();
        }
    }

    @Test
    void aSlowStoreDoesNotHoldUpWhatIsLetGoALittleLater() throws Exception {
        store = new Store(store.store(), away, Optional.of(slow), new AtomicBoolean());
        try (SealedRecorders recorders = open()) {
            record(recorders, "hello");
            Await.until("shipping to hang", LIMIT, () -> store.hanging().get());
            var heard = new CopyOnWriteArrayList<Report.What>();
            var recorder = recorders.begin(SessionId.next(), permit(), opened("hunter2\nhunter2"), heard::add, _ -> {});
            var track = recorder.open(1, SessionRecorder.Kind.TERMINAL, "shell", 80, 24);

            // may be the beginning of the secret, and is held back
            assertThat(track.output("hunter2\n".getBytes(UTF_8), 0, 8)).isEmpty();

            Await.until("what was held back", LIMIT, () -> !heard.isEmpty());
            assertThat(heard)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Report.Text.class, text -> assertThat(text.text()).isEqualTo("hunter2"));
            slow.countDown();
            recorder.close();
        }
    }

    @Test
    void recordingsGoToStorageThatSpeaksS3AsTheConfigurationSays() throws Exception {
        try (S3Stand s3 = S3Stand.start(dir.resolve("s3")).bucket("recordings")) {
            RecordingStore storage = configured(s3, S3Stand.SECRET);
            store = new Store(storage, away, Optional.empty(), new AtomicBoolean());
            try (SealedRecorders recorders = open()) {
                record(recorders, "hello");
                Report.RecordingStored stored = stored();

                // as playback does: from a place on
                var text = new StringBuilder();
                var reader = RecordingReader.open(
                        position -> {
                            InputStream in = storage.open(stored.location());
                            in.skipNBytes(position);
                            return in;
                        },
                        KEYS);
                Ending ending = reader.events(entry -> {
                    if (entry.event() instanceof Event.Data data) {
                        text.append(new String(data.bytes(), UTF_8));
                    }
                });
                assertThat(text).hasToString("hello");
                assertThat(ending).isEqualTo(new Ending.Complete());
                assertThat(dir.resolve("spool").resolve(session + ".rec")).doesNotExist();
            }
        }
    }

    @Test
    void withWrongCredentialsARecordingWaitsInTheSpoolUntilTheyAreRight() throws Exception {
        try (S3Stand s3 = S3Stand.start(dir.resolve("s3")).bucket("recordings")) {
            RecordingStore refused = configured(s3, "another-secret");
            assertThatThrownBy(() -> refused.open(session + ".rec")).isInstanceOfSatisfying(Refusal.class, refusal -> {
                assertThat(refusal.code()).isEqualTo("recorder.store-refuses");
                assertThat(refusal.sentence()).contains("403").doesNotContain("another-secret");
            });
            store = new Store(refused, away, Optional.empty(), new AtomicBoolean());
            try (SealedRecorders recorders = open()) {
                record(recorders, "hello");
            }
            assertThat(told).isEmpty();
            assertThat(dir.resolve("spool").resolve(session + ".rec")).exists();

            store = new Store(configured(s3, S3Stand.SECRET), away, Optional.empty(), new AtomicBoolean());
            try (SealedRecorders _ = open()) {
                assertThat(stored().state()).isEqualTo("complete");
            }
        }
    }

    /** What {@code gateway.conf} makes of its {@code s3.*}. */
    private RecordingStore configured(S3Stand s3, String secret) throws IOException {
        Files.writeString(dir.resolve("access"), S3Stand.ACCESS + "\n");
        Files.writeString(dir.resolve("secret"), secret + "\n");
        return GatewayConfig.parse("""
                        server = https://sallyport.example.org
                        server-ca = ca.pem
                        certificate = gateway.pem
                        key = gateway.key
                        host-key = host_key
                        listen = 127.0.0.1:2222
                        state = state
                        s3.endpoint = %s
                        s3.bucket = recordings
                        s3.prefix = prod/
                        s3.access-key-file = access
                        s3.secret-key-file = secret
                        """.formatted(s3.endpoint()), dir).store().open();
    }

    private SealedRecorders open() throws IOException {
        return SealedRecorders.open(
                dir.resolve("spool"), RecorderLimits.USUAL, store, (_, what) -> told.add(what), Clock.systemUTC());
    }

    private SessionRecorder begin(SealedRecorders recorders) throws SessionRecorder.RecordingFailed {
        return recorders.begin(session, permit(), opened("secret-secret-1"), _ -> {}, _ -> {});
    }

    private void record(SealedRecorders recorders, String text) throws SessionRecorder.RecordingFailed {
        var recorder = begin(recorders);
        var track = recorder.open(1, SessionRecorder.Kind.TERMINAL, "shell", 80, 24);
        track.output(text.getBytes(UTF_8), 0, text.length());
        track.close(0);
        recorder.close();
    }

    private Report.RecordingStored stored() {
        Await.until("the store", LIMIT, () -> told.stream().anyMatch(Report.RecordingStored.class::isInstance));
        return (Report.RecordingStored) told.stream()
                .filter(Report.RecordingStored.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    private static Permit permit() {
        return new Permit(
                PermitId.next(),
                "dev",
                GrantId.next(),
                RequestId.next(),
                "ops",
                "web-1",
                "deploy",
                Instant.now().plusSeconds(600),
                1,
                new SessionTerms(
                        SessionTerms.Recording.STRICT,
                        false,
                        false,
                        Set.of(),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1),
                        Duration.ofSeconds(30),
                        List.of(),
                        List.of(),
                        List.of()),
                new TargetAccess("127.0.0.1", 22, List.of(), false, TargetAccess.Credential.CERTIFICATE));
    }

    private static Opened opened(String secret) {
        RecordingKey key = KEYS.publicKey();
        return new Opened(
                key.id(),
                Bytes.of(HexFormat.of().parseHex(key.publicKeyHex())),
                List.of(Secret.of(secret)),
                Instant.now().plusSeconds(600));
    }

    /** A store that can be away, or hang while something is put there. */
    private record Store(RecordingStore store, AtomicBoolean away, Optional<CountDownLatch> slow, AtomicBoolean hanging)
            implements RecordingStore {
        @Override
        public void put(String name, Path file) throws IOException {
            if (away.get()) {
                throw new IOException("the store is away");
            }
            if (slow.isPresent()) {
                hanging.set(true);
                try {
                    slow.get().await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            store.put(name, file);
        }

        @Override
        public InputStream open(String name) throws IOException {
            return store.open(name);
        }

        @Override
        public boolean has(String name) throws IOException {
            return store.has(name);
        }
    }
}
