package dev.sallyport.cli.ssh;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Http;
import dev.sallyport.cli.api.Pins;
import dev.sallyport.cli.api.Profile;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls that need no sign-in: only a server, and a CA to believe it by, from a profile, a file or the JDK. */
public final class PublicCalls {
    private final String server;
    private final Http http;

    /** The server meant by the command line; the file wins over the profile's pin. */
    public PublicCalls(Root root, @Nullable Path caFile) {
        String meant = root.server();
        if (meant == null) {
            throw Failure.here(
                    "server.unknown",
                    "no server is known yet",
                    "--server URL --ca-file F, or sallyport login --server URL");
        }
        server = meant;
        http = Http.to(
                caFile == null ? root.profiles().find(meant).map(Profile::caPem).orElse(null) : read(caFile));
    }

    /** The answer, whatever it is. */
    public Answer get(String path) {
        return http.send("GET", URI.create(server + "/api/v1" + path), Map.of(), null);
    }

    /** The answer when it is good; otherwise the refusal is thrown. */
    public Answer good(String path) {
        Answer answer = get(path);
        if (!answer.isGood()) {
            throw answer.refusal();
        }
        return answer;
    }

    private static String read(Path file) {
        try {
            String pem = Files.readString(file);
            Pins.fingerprint(pem);
            return pem;
        } catch (IOException _) {
            throw Failure.here("tls.unusable-ca", "--ca-file: " + file + " cannot be read", null);
        }
    }
}
