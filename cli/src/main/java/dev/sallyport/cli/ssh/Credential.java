package dev.sallyport.cli.ssh;

import dev.sallyport.cli.output.Json;
import java.nio.file.Path;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * A certificate on disk, and where it opens a door.
 *
 * @param folder holds {@code id_ed25519}, {@code id_ed25519-cert.pub} and what the server said about them
 * @param json the server's answer without the certificate
 */
record Credential(
        Path folder,
        String target,
        String login,
        String host,
        int port,
        Instant issuedAt,
        Instant expiresAt,
        JsonNode json) {
    static final String KEY = "id_ed25519";
    static final String CERTIFICATE = "id_ed25519-cert.pub";

    /** Whether less than half of its life is left: then it is time for the next. */
    boolean isDue(Instant now) {
        var life = java.time.Duration.between(issuedAt, expiresAt);
        return !now.isBefore(issuedAt.plus(life.dividedBy(2)));
    }

    boolean isAlive(Instant now) {
        return now.isBefore(expiresAt);
    }

    Path key() {
        return folder.resolve(KEY);
    }

    Path certificate() {
        return folder.resolve(CERTIFICATE);
    }

    /** Shared by all logins of a target. */
    Path knownHosts() {
        return folder.resolveSibling("known_hosts");
    }

    /** What to tell ssh as the user name; through a gateway it names the target too. */
    String user() {
        String user = Json.text(json, "user");
        return user.isEmpty() ? login : user;
    }

    /** Under which name the known hosts stand. */
    String hostKeyAlias() {
        String alias = Json.text(json, "host_key_alias");
        return alias.isEmpty() ? target : alias;
    }

    /** The same, where this gateway listens. */
    Credential through(Way way) {
        return new Credential(folder, target, login, way.host(), way.port(), issuedAt, expiresAt, json);
    }

    String grant() {
        return Json.text(json, "grant");
    }
}
