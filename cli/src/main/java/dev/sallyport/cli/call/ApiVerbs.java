package dev.sallyport.cli.call;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.DpopKey;
import dev.sallyport.cli.api.PrivateFiles;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code api}: any call of the API, by itself or for curl, which cannot prove the key that tokens are bound to (RFC 9449). */
public final class ApiVerbs extends Root {
    private static final String METHODS = "GET|POST|PUT|DELETE";

    public ApiVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "api",
            description = {
                "Makes a call of the API and prints the answer as it came.",
                "With --curl it prints what curl -K - reads instead: the address, the token, and a proof for just this call that holds",
                "for about a minute. Pipe it; whoever reads it can make the call."
            },
            footer = {
                "",
                "Example:",
                "  sallyport api GET '/grants?view=mine'",
                "  sallyport api POST /policy/who-can --data '{\"role\":\"ops\",\"target\":\"web-1\"}'",
                "  sallyport api --curl GET /me | curl -K -"
            })
    void api(
            @Parameters(index = "0", paramLabel = METHODS, description = "the method") String method,
            @Parameters(index = "1", paramLabel = "PATH", description = "behind /api/v1, with its query") String path,
            @Option(names = "--data", paramLabel = "JSON", description = "what is sent; - reads it from standard input")
                    @Nullable
                    String data,
            @Option(names = "--curl", description = "print a configuration for curl instead of calling") boolean curl) {
        String verb = method.toUpperCase(Locale.ROOT);
        if (!verb.matches(METHODS)) {
            throw Failure.usage("method: " + method + " (expected: one of " + METHODS.replace('|', ' ') + ")", null);
        }
        if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\\' || c > '~')) {
            throw Failure.usage("path: expected one that begins with / and is percent-encoded, such as /grants", null);
        }
        if (curl) {
            if (data != null) {
                throw Failure.usage("--data stands beside --curl (expected: curl's own --json)", null);
            }
            shell().out().print(configuration(verb, path));
            return;
        }
        var headers = new TreeMap<String, String>();
        if (data != null) {
            headers.put("Content-Type", "application/json");
            headers.put("Idempotency-Key", DpopKey.random(16));
        }
        Answer answer = api().good(api().send(verb, path, headers, "-".equals(data) ? input() : data));
        answer.text().lines().forEach(this::print);
    }

    private String input() {
        try {
            return new String(shell().in().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code curl -K} reads it; a backslash or a quote stands in none of the values. */
    private String configuration(String verb, String path) {
        var lines = new StringBuilder();
        lines.append("url = \"").append(api().url(path)).append("\"\n");
        if (!verb.equals("GET")) {
            lines.append("request = \"").append(verb).append("\"\n");
        }
        Map<String, String> headers = new TreeMap<>(api().proof(verb, path));
        headers.put("Accept", "application/json");
        headers.forEach((name, value) -> lines.append("header = \"")
                .append(name)
                .append(": ")
                .append(value)
                .append("\"\n"));
        String trusted = profile().caPem();
        if (trusted != null) {
            lines.append("cacert = \"")
                    .append(trustedFile(trusted).toString().replace("\\", "\\\\"))
                    .append("\"\n");
        }
        return lines.toString();
    }

    private Path trustedFile(String pem) {
        Path file = Path.of(profiles().file(profile().server()) + ".ca.pem");
        try {
            PrivateFiles.write(file, pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
