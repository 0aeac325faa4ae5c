package dev.sallyport.gateway;

import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.gateway.ssh.HostIdentity;
import dev.sallyport.gateway.ssh.SshGateway;
import dev.sallyport.gateway.wire.HttpControlPlane;
import dev.sallyport.gateway.wire.MutualTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The face {@code gateway}: a gateway alone, for another region; no Spring, no database. */
public final class GatewayMain {
    private static final String USAGE = """
            usage: sallyport gateway --config FILE
                   sallyport gateway enroll --token-file FILE --server URL [--ca FILE] --dir FOLDER [--listen ADDRESS:PORT]""";

    private GatewayMain() {}

    public static void main(String[] arguments) throws Exception {
        int code = run(arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String[] arguments) throws InterruptedException {
        if (arguments.length > 0 && arguments[0].equals("gateway")) {
            return run(Arrays.copyOfRange(arguments, 1, arguments.length)); // the launcher passes its word on
        }
        if (arguments.length > 0 && arguments[0].equals("enroll")) {
            return enroll(List.of(arguments).subList(1, arguments.length));
        }
        if (arguments.length != 2 || !arguments[0].equals("--config")) {
            System.err.println(USAGE);
            return 64;
        }
        GatewayConfig config;
        try {
            config = GatewayConfig.read(Path.of(arguments[1]));
        } catch (NoSuchFileException e) {
            System.err.println("! gateway.config: there is no file " + e.getFile());
            return 1;
        } catch (IOException | IllegalArgumentException | dev.sallyport.base.Refusal e) {
            System.err.println("! gateway.config: " + e.getMessage());
            return 1;
        }
        try {
            serve(config);
            return 0;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException | dev.sallyport.base.Refusal e) {
            System.err.println("! gateway.start: " + e.getMessage());
            return 1;
        }
    }

    private static int enroll(List<String> words) {
        Enrolment enrolment;
        try {
            enrolment = Enrolment.parse(words);
        } catch (IllegalArgumentException e) {
            System.err.println("! usage: " + e.getMessage());
            System.err.println(USAGE);
            return 64;
        }
        try {
            System.out.println("enrolled; start it: sallyport gateway --config " + enrolment.run());
            return 0;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException | dev.sallyport.base.Refusal e) {
            System.err.println("! gateway.enroll: " + e.getMessage());
            return 1;
        }
    }

    private static void serve(GatewayConfig config) throws IOException, GeneralSecurityException, InterruptedException {
        Clock clock = Clock.systemUTC();
        var controlPlane = new HttpControlPlane(
                config.server(), MutualTls.of(config.certificate(), config.key(), config.serverCa()));
        HostIdentity host = host(config);
        new Renewal(
                        config,
                        controlPlane,
                        host,
                        SshKeyPair.ofOpenSshText(Secret.of(Files.readString(config.hostKey()))),
                        clock)
                .start();
        var stopping = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        try (Journal journal =
                        Journal.open(config.state().resolve("journal"), controlPlane, GatewayMeasures.NONE, clock);
                SealedRecorders recorders = SealedRecorders.open(
                        config.state().resolve("spool"),
                        RecorderLimits.USUAL,
                        config.store().open(),
                        journal,
                        clock);
                SshGateway gateway = SshGateway.start(
                        SshGateway.Config.at(config.listen()),
                        host,
                        controlPlane,
                        recorders,
                        journal,
                        GatewayMeasures.NONE,
                        clock)) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                stopping.countDown();
                                await(stopped);
                            },
                            "stop"));
            System.out.println("gateway listens on " + config.listen().getHostString() + ":" + gateway.port());
            stopping.await();
            gateway.drain(config.drain());
        } finally {
            stopped.countDown();
        }
    }

    private static HostIdentity host(GatewayConfig config) throws IOException {
        var host = HostIdentity.of(Secret.of(Files.readString(config.hostKey())));
        Path certificate = config.hostCertificate();
        return Files.exists(certificate) ? host.certificate(Files.readString(certificate)) : host;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
