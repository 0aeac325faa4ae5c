package dev.sallyport.cli.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.formats.ssh.Krl;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The list of revoked certificates as the server gave it. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares lists
public record Revocations(String version, byte[] bytes) {
    private static final String NAMESPACE = "krl@sallyport";

    /** How often a list may be replaced by a newer one while its signature is fetched. */
    private static final int ATTEMPTS = 4;

    private static final String NEWER = "krl.newer-version";

    static Revocations asSent(PublicCalls calls) {
        Answer answer = calls.good("/ssh/krl");
        return new Revocations(answer.header("Sallyport-Krl-Version"), answer.bytes());
    }

    /** A list signed by one of the keys the server names for it, readable, and of the version it says. */
    public static Revocations verified(PublicCalls calls) {
        var trusted = new ArrayList<SshPublicKey>();
        calls.good("/ssh/cas")
                .json()
                .path("krl")
                .forEach(key -> trusted.add(SshPublicKey.parse(Json.text(key, "public_key"))));
        for (int attempt = 1; ; attempt++) {
            Revocations list = asSent(calls);
            Answer signature =
                    calls.get(Query.of().with("version", list.version()).after("/ssh/krl.sig"));
            if (!signature.isGood() && signature.code().equals(NEWER) && attempt < ATTEMPTS) {
                continue;
            }
            if (!signature.isGood()) {
                throw signature.refusal();
            }
            long inside = judge(list, signature.text(), trusted);
            if (!Long.toUnsignedString(inside).equals(list.version())) {
                throw Failure.here(
                        "krl.other-version",
                        "the list is version " + Long.toUnsignedString(inside) + " (expected: "
                                + Text.quoted(list.version()) + ")",
                        null);
            }
            return list;
        }
    }

    /** The version inside a list that one of the keys has signed. */
    private static long judge(Revocations list, String signature, List<SshPublicKey> trusted) {
        try {
            SshSignature.verify(signature, trusted, NAMESPACE, list.bytes());
            return Krl.parse(list.bytes()).version();
        } catch (Refusal e) {
            throw Failure.here(e.code(), e.sentence(), "hosts refuse this list too; nothing was written");
        }
    }

    /** A server, or somebody in its place, could bring an old list back. */
    void refuseToReplaceNewer(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try {
            long present = Krl.parse(Files.readAllBytes(file)).version();
            if (Long.compareUnsigned(present, Long.parseUnsignedLong(version)) > 0) {
                throw Failure.here(
                        "krl.older",
                        "the list is version " + version + ", older than " + Long.toUnsignedString(present) + " in "
                                + file,
                        "is this the right server? After a restore, delete the file first");
            }
        } catch (Refusal _) {
            // what lies there is no list; a good one replaces it
        }
    }
}
