package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingReader;
import dev.sallyport.formats.recording.RecordingSource;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.gateway.SealedRecorders;
import dev.sallyport.gateway.recorder.FolderStore;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.TargetAccess;
import dev.sallyport.spi.gateway.TargetAccess.Credential;
import dev.sallyport.testkit.SshClient;
import dev.sallyport.testkit.SshKeys;
import dev.sallyport.testkit.SshServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A real sshd that trusts the target CA, a gateway in front of it, and somebody with a certificate of the access CA. */
final class GatewayLab implements AutoCloseable {
    static final String ME = System.getProperty("user.name");

    final Path dir;
    final Path userKey;
    final Path accessCa;
    final Path hostCa;
    final Path trusted;
    final SshServer target;
    final FakeControlPlane control;
    final MemoryRecorders recorders = new MemoryRecorders();
    final Measured measures = new Measured();
    final SshGateway gateway;
    private final @Nullable SealedRecorders sealed;
    private final AtomicLong sequence = new AtomicLong();

    /** Keeps what was measured. */
    static final class Measured implements GatewayMeasures {
        final List<Duration> cuts = new CopyOnWriteArrayList<>();
        final List<String> refusals = new CopyOnWriteArrayList<>();
        final List<String> endings = new CopyOnWriteArrayList<>();
        final List<Duration> waits = new CopyOnWriteArrayList<>();

        @Override
        public void sessionOpened() {}

        @Override
        public void sessionClosed(String reason) {
            endings.add(reason);
        }

        @Override
        public void refused(String code) {
            refusals.add(code);
        }

        @Override
        public void cut(Duration latency) {
            cuts.add(latency);
        }

        @Override
        public void setUp(Duration waited, Duration took) {
            waits.add(waited);
        }

        @Override
        public void feedAge(Duration age) {}

        @Override
        public void journal(int waiting) {}
    }

    private GatewayLab(Path dir, Clock clock, boolean seal, List<String> targetLines) throws IOException {
        this.dir = dir;
        userKey = SshKeys.generate(dir.resolve("user"));
        accessCa = SshKeys.generate(dir.resolve("access-ca"));
        hostCa = SshKeys.generate(dir.resolve("host-ca"));
        Path targetCa = SshKeys.generate(dir.resolve("target-ca"));
        SshKeys.certify(accessCa, userKey, "dev", "dev");
        Path principals = Files.createDirectories(dir.resolve("principals"));
        Files.writeString(principals.resolve(ME), "web-1/" + ME + "\n");
        SshServer.Spec spec = SshServer.in(dir.resolve("target"))
                .line("TrustedUserCAKeys " + SshKeys.publicHalf(targetCa))
                .line("AuthorizedPrincipalsFile " + principals + "/%u")
                .line("AcceptEnv LANG LC_* SECRET_*")
                .line("MaxSessions 100")
                .line("MaxStartups 1000");
        targetLines.forEach(spec::line);
        target = spec.start();
        control = new FakeControlPlane(pair(accessCa), pair(targetCa));
        control.login = ME;
        control.targets.put("web-1", access(List.of("web-1 " + publicLine(target.hostKey()))));
        Path hostKey = SshKeys.generate(dir.resolve("gateway-host"));
        Path certificate = SshKeys.certify(hostCa, hostKey, "gateway", "127.0.0.1", "-h");
        trusted = Files.writeString(dir.resolve("trusted"), "@cert-authority * " + publicLine(hostCa) + "\n");
        var host = HostIdentity.of(Secret.of(Files.readString(hostKey))).certificate(Files.readString(certificate));
        sealed = seal
                ? SealedRecorders.open(
                        dir.resolve("spool"),
                        RecorderLimits.USUAL,
                        new FolderStore(dir.resolve("store")),
                        this::report,
                        clock)
                : null;
        gateway = SshGateway.start(
                SshGateway.Config.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
                host,
                control,
                sealed == null ? recorders : sealed,
                reporter(),
                measures,
                clock);
    }

    /** Whether the disk takes no note of a session that begins. */
    volatile boolean full;

    private dev.sallyport.gateway.Reporter reporter() {
        return new dev.sallyport.gateway.Reporter() {
            @Override
            public void report(dev.sallyport.base.SessionId session, dev.sallyport.spi.gateway.Report.What what) {
                GatewayLab.this.report(session, what);
            }

            @Override
            public void begin(dev.sallyport.base.SessionId session) {
                if (full) {
                    throw new java.io.UncheckedIOException(new IOException("No space left on device"));
                }
            }
        };
    }

    static GatewayLab in(Path dir, String... targetLines) throws IOException {
        return new GatewayLab(dir, Clock.systemUTC(), false, List.of(targetLines));
    }

    /** With the recorder as it is, its spool and its store in the folder. */
    static GatewayLab sealed(Path dir) throws IOException {
        return new GatewayLab(dir, Clock.systemUTC(), true, List.of());
    }

    /** What a stored recording has of the output, opened with the recording key. */
    String played(String location) throws IOException {
        var text = new StringBuilder();
        reader(location).events(entry -> {
            if (entry.event() instanceof Event.Data data) {
                text.append(new String(data.bytes(), StandardCharsets.UTF_8));
            }
            if (entry.event() instanceof Event.Started started) {
                text.append(started.command()).append('\n');
            }
        });
        return text.toString();
    }

    Ending ending(String location) throws IOException {
        return reader(location).events(_ -> {});
    }

    private RecordingReader reader(String location) throws IOException {
        Path file = dir.resolve("store").resolve(location);
        return RecordingReader.open(RecordingSource.of(file), control.recordingKeys);
    }

    static GatewayLab at(Path dir, Clock clock) throws IOException {
        return new GatewayLab(dir, clock, false, List.of());
    }

    TargetAccess access(List<String> knownHosts) {
        return new TargetAccess("127.0.0.1", target.port(), knownHosts, false, Credential.CERTIFICATE);
    }

    /** The client of somebody who has a certificate. */
    SshClient client() {
        return clientAs(ME + "@web-1");
    }

    SshClient clientAs(String user) {
        return SshClient.to(user, gateway.port()).key(userKey).knownHosts(trusted);
    }

    static String publicLine(Path key) throws IOException {
        return Files.readString(SshKeys.publicHalf(key)).strip();
    }

    static SshKeyPair pair(Path key) throws IOException {
        return SshKeyPair.ofOpenSshText(Secret.of(Files.readString(key)));
    }

    /** As the journal: never fails, never waits. */
    private void report(SessionId session, Report.What what) {
        control.reports.add(new Report(sequence.incrementAndGet(), Instant.now(), session, what));
    }

    @Override
    public void close() throws IOException {
        if (Boolean.getBoolean("lab.log")) {
            System.out.println(target.process().output());
        }
        gateway.close();
        if (sealed != null) {
            sealed.close();
        }
        target.close();
    }
}
