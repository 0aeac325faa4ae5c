package dev.sallyport.server;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Secret;
import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.review.ApprovalLimits;
import dev.sallyport.review.EmergencyLimits;
import dev.sallyport.risk.RiskWeights;
import dev.sallyport.server.ServerConfig.Limits;
import dev.sallyport.server.ServerConfig.Recordings;
import dev.sallyport.server.ServerConfig.SshGateway;
import dev.sallyport.server.ServerConfig.Store;
import dev.sallyport.server.ServerConfig.Tls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the YAML file of settings; secrets stand in files of their own, which it names. */
public final class ConfigFile {
    private static final int MAX_CHARACTERS = 1 << 20;

    private ConfigFile() {}

    /**
     * Reads and checks the file.
     *
     * @throws IllegalArgumentException naming key, value and what was expected
     */
    public static ServerConfig read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("--config: " + file + " cannot be read (expected: a YAML file)", e);
        }
        return parse(file.toString(), text);
    }

    static ServerConfig parse(String name, String text) {
        Object tree;
        try {
            tree = new Load(LoadSettings.builder()
                            .setLabel(name)
                            .setAllowDuplicateKeys(false)
                            .setMaxAliasesForCollections(0)
                            .setCodePointLimit(MAX_CHARACTERS)
                            .build())
                    .loadFromString(text);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
        return config(Settings.of("", tree == null ? Map.of() : tree));
    }

    private static ServerConfig config(Settings file) {
        Settings data = file.at("data");
        Path dir = data.path("dir")
                .orElseThrow(() ->
                        new IllegalArgumentException("data.dir: missing (expected: a folder of this server's own)"));
        data.end("dir");
        Tls tls = tls(file.at("tls"));
        Settings server = file.at("server");
        int port = server.number("port", 8443);
        String bind = server.text("bind").orElse("127.0.0.1");
        String scheme = tls instanceof Tls.Off ? "http" : "https";
        URI url = url(server.text("url").orElse(scheme + "://localhost:" + port));
        server.end("url", "bind", "port");
        Settings key = file.at("key");
        Path rootKey = key.path("root_file").orElse(dir.resolve("root.key"));
        key.end("root_file");
        Settings limits = file.at("limits");
        var requests = new Limits(
                limits.number("requests_per_address", Limits.DEFAULT.perAddress()),
                limits.number("requests_per_person", Limits.DEFAULT.perPerson()),
                limits.number("sign_in_questions_per_person", Limits.DEFAULT.signInQuestionsPerPerson()));
        limits.end("requests_per_address", "requests_per_person", "sign_in_questions_per_person");
        Store store = store(file.at("database"), dir);
        Settings gateways = file.at("gateway");
        ServerConfig.Remote remote = remote(gateways.at("remote"), bind, url);
        SshGateway gateway = gateway(gateways, dir, bind, url);
        RiskWeights risk = risk(file.at("risk"));
        ApprovalLimits approvals = approvals(file.at("approvals"));
        EmergencyLimits emergencies = emergencies(file.at("break_glass"));
        Settings notifications = file.at("notifications");
        List<String> privateAddresses = notifications.texts("private_addresses");
        notifications.end("private_addresses");
        Settings signIn = file.at("sign_in");
        boolean enrolmentCode = signIn.flag("enrolment_code", true);
        signIn.end("enrolment_code");
        file.end(
                "server",
                "tls",
                "data",
                "database",
                "key",
                "limits",
                "gateway",
                "risk",
                "approvals",
                "break_glass",
                "notifications",
                "sign_in");
        return new ServerConfig(
                url,
                bind,
                port,
                tls,
                dir,
                store,
                rootKey,
                requests,
                gateway,
                remote,
                risk,
                approvals,
                emergencies,
                privateAddresses,
                enrolmentCode);
    }

    private static RiskWeights risk(Settings risk) {
        Settings weights = risk.at("weights");
        RiskWeights ours = RiskWeights.DEFAULT;
        var read = new RiskWeights(
                weights.number("hour", ours.hour()),
                weights.number("address", ours.address()),
                weights.number("role", ours.role()),
                weights.number("target", ours.target()),
                weights.number("frequency", ours.frequency()),
                weights.number("duration", ours.duration()),
                weights.number("peers", ours.peers()),
                weights.number("denied", ours.denied()),
                weights.number("break_glass", ours.breakGlass()));
        weights.end("hour", "address", "role", "target", "frequency", "duration", "peers", "denied", "break_glass");
        risk.end("weights");
        return read;
    }

    private static ApprovalLimits approvals(Settings approvals) {
        ApprovalLimits usual = ApprovalLimits.DEFAULT;
        var read = new ApprovalLimits(
                span(approvals, "window", usual.window()),
                approvals.number("least", usual.least()),
                approvals.number("per_day", usual.perDay()),
                span(approvals, "quick", usual.quick()),
                approvals.number("quick_percent", usual.quickPercent()),
                approvals.number("off_hours_percent", usual.offHoursPercent()),
                approvals.number("pairs", usual.pairs()),
                time(approvals, "zone", "a time zone such as Europe/Berlin", ZoneId::of, usual.zone()),
                time(approvals, "from", "a time of day such as 08:30, in quotes", LocalTime::parse, usual.from()),
                time(approvals, "until", "a time of day such as 08:30, in quotes", LocalTime::parse, usual.until()));
        approvals.end(
                "window",
                "least",
                "per_day",
                "quick",
                "quick_percent",
                "off_hours_percent",
                "pairs",
                "zone",
                "from",
                "until");
        return read;
    }

    private static EmergencyLimits emergencies(Settings emergencies) {
        EmergencyLimits usual = EmergencyLimits.DEFAULT;
        var read = new EmergencyLimits(
                span("break_glass.", emergencies, "review_within", usual.reviewWithin()),
                emergencies.number("budget", usual.budget()),
                span("break_glass.", emergencies, "budget_time", usual.budgetTime()));
        emergencies.end("review_within", "budget", "budget_time");
        return read;
    }

    private static Duration span(Settings settings, String key, Duration otherwise) {
        return span("approvals.", settings, key, otherwise);
    }

    private static Duration span(String block, Settings settings, String key, Duration otherwise) {
        return settings.text(key)
                .map(text -> Durations.parse(block + key, text))
                .orElse(otherwise);
    }

    private static <T> T time(Settings settings, String key, String expected, Function<String, T> read, T otherwise) {
        return settings.text(key)
                .map(text -> {
                    try {
                        return read.apply(text);
                    } catch (DateTimeException _) {
                        throw new IllegalArgumentException(
                                "approvals." + key + ": " + text + " (expected: " + expected + ")");
                    }
                })
                .orElse(otherwise);
    }

    private static ServerConfig.Remote remote(Settings remote, String bind, URI url) {
        var read = new ServerConfig.Remote(
                remote.number("port", 0),
                remote.text("bind").orElse(bind),
                remote.text("address").orElse(url.getHost()));
        remote.end("port", "bind", "address");
        return read;
    }

    private static SshGateway gateway(Settings gateway, Path data, String bind, URI url) {
        boolean enabled = gateway.flag("enabled", true);
        int port = gateway.number("port", SshGateway.PORT);
        String host = url.getHost();
        var read = new SshGateway(
                enabled,
                gateway.text("name").orElse("server"),
                gateway.text("bind").orElse(bind),
                port,
                gateway.text("address").orElse(host.startsWith("[") ? host.substring(1, host.length() - 1) : host),
                gateway.number("public_port", port),
                gateway.path("spool").orElse(data.resolve("spool")),
                recordings(gateway.at("recordings"), data),
                gateway.pairs("labels"),
                gateway.text("drain")
                        .map(text -> Durations.parse("gateway.drain", text))
                        .orElse(SshGateway.DRAIN));
        gateway.end(
                "enabled",
                "name",
                "bind",
                "port",
                "address",
                "public_port",
                "spool",
                "recordings",
                "labels",
                "drain",
                "remote");
        return read;
    }

    private static Recordings recordings(Settings recordings, Path data) {
        Settings s3 = recordings.at("s3");
        Optional<String> endpoint = s3.text("endpoint");
        Optional<Path> folder = recordings.path("folder");
        recordings.end("folder", "s3");
        if (endpoint.isEmpty()) {
            s3.end("endpoint", "region", "bucket", "prefix", "access_key_file", "secret_key_file");
            return new Recordings.Folder(folder.orElse(data.resolve("recordings")));
        }
        if (folder.isPresent()) {
            throw new IllegalArgumentException("gateway.recordings: folder and s3 (expected: one of the two)");
        }
        var read = new Recordings.S3(
                URI.create(endpoint.get()),
                s3.text("region").orElse("us-east-1"),
                s3.required("bucket", "recordings"),
                s3.text("prefix").orElse(""),
                secret(
                        "gateway.recordings.s3.access_key_file",
                        s3.required("access_key_file", "/etc/sallyport/s3.access")),
                secret(
                        "gateway.recordings.s3.secret_key_file",
                        s3.required("secret_key_file", "/etc/sallyport/s3.secret")));
        s3.end("endpoint", "region", "bucket", "prefix", "access_key_file", "secret_key_file");
        return read;
    }

    private static URI url(String text) {
        try {
            return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("server.url: " + text + " (expected: https://host:port)", e);
        }
    }

    private static Tls tls(Settings tls) {
        boolean off = tls.flag("off", false);
        var certificate = tls.path("certificate_file");
        var key = tls.path("key_file");
        tls.end("off", "certificate_file", "key_file");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("tls." + (certificate.isPresent() ? "key_file" : "certificate_file")
                    + ": missing (expected: certificate_file and key_file together, or neither)");
        }
        if (off && certificate.isPresent()) {
            throw new IllegalArgumentException(
                    "tls.off: true (expected: either off, or certificate_file and key_file)");
        }
        if (off) {
            return new Tls.Off();
        }
        return certificate
                .<Tls>map(path -> new Tls.Files(path, key.orElseThrow()))
                .orElseGet(Tls.Own::new);
    }

    private static Store store(Settings database, Path data) {
        if (database.flag("embedded", false)) {
            Path dir = database.path("dir").orElse(data.resolve("postgres"));
            database.end("embedded", "dir");
            return new Store.Embedded(dir);
        }
        var url = database.text("url");
        if (url.isEmpty()) {
            throw new IllegalArgumentException(
                    "database: missing (expected: embedded: true, or url, user, password_file, owner, owner_password_file)");
        }
        var connection = new DatabaseConfig(
                url.get(),
                database.required("user", "sallyport_app"),
                secret("database.password_file", database.required("password_file", "/etc/sallyport/app.password")),
                database.required("owner", "sallyport_owner"),
                secret(
                        "database.owner_password_file",
                        database.required("owner_password_file", "/etc/sallyport/owner.password")),
                database.number("connections", DatabaseConfig.CONNECTIONS),
                DatabaseConfig.TIMEOUT);
        database.end("embedded", "url", "user", "password_file", "owner", "owner_password_file", "connections");
        return new Store.External(connection);
    }

    private static Secret secret(String key, String file) {
        try {
            String text = Files.readString(Path.of(file)).strip();
            if (text.isEmpty()) {
                throw new IllegalArgumentException(key + ": " + file + " is empty (expected: one line, the password)");
            }
            return Secret.of(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    key + ": " + file + " cannot be read (expected: a file with one line)", e);
        }
    }
}
