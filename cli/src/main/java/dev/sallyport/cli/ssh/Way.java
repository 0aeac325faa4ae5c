package dev.sallyport.cli.ssh;

import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A gateway that reaches a target, and where it listens. */
record Way(String gateway, String host, int port) {
    /** Names the gateway to go through where {@code --gateway} does not. */
    static final String VARIABLE = "SALLYPORT_GATEWAY";

    /** How long a gateway may take to accept a connection before the next one is tried. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.:-]{0,252}|\\[?[0-9a-fA-F:.]+]?");

    /** Those that the server named, the nearest first; what could be taken for something else is left out. */
    static List<Way> of(JsonNode credential) {
        return credential
                .path("gateways")
                .valueStream()
                .map(way -> new Way(
                        Json.text(way, "name"),
                        Json.text(way, "address"),
                        way.path("port").asInt(0)))
                .filter(way -> Names.isName(way.gateway()) && isAddress(way.host(), way.port()))
                .toList();
    }

    static boolean isAddress(String host, int port) {
        return HOST.matcher(host).matches() && port > 0 && port <= 65_535;
    }

    /**
     * The same credential, going through the gateway that was named, or else through the nearest that answers.
     *
     * @param named by the option; the variable counts without it
     */
    static Credential choose(Shell shell, Credential credential, @Nullable String named) {
        List<Way> ways = of(credential.json());
        String wanted = named == null ? shell.environment().getOrDefault(VARIABLE, "") : named;
        if (!wanted.isEmpty()) {
            if (ways.isEmpty() && named == null) {
                return credential; // a target that is reached directly: the variable is for the others
            }
            return ways.stream()
                    .filter(way -> way.gateway().equals(wanted))
                    .findFirst()
                    .map(credential::through)
                    .orElseThrow(() -> doesNotReach(wanted, credential, ways));
        }
        if (ways.size() < 2) {
            return ways.isEmpty() ? credential : credential.through(ways.getFirst());
        }
        return ways.stream()
                .filter(Way::answers)
                .findFirst()
                .map(way -> {
                    if (!way.equals(ways.getFirst())) {
                        shell.note("through gateway " + Text.printable(way.gateway()) + ": "
                                + Text.printable(ways.getFirst().gateway()) + " does not answer");
                    }
                    return credential.through(way);
                })
                .orElseGet(() -> credential.through(ways.getFirst())); // ssh says what is wrong with it
    }

    private static Failure doesNotReach(String wanted, Credential credential, List<Way> ways) {
        String those = ways.stream().map(Way::gateway).collect(Collectors.joining(", "));
        return Failure.here(
                "ssh.wrong-gateway",
                "gateway " + Text.quoted(wanted) + " does not reach " + credential.target() + " (expected: "
                        + (ways.isEmpty() ? "none, it is reached directly" : "one of " + those) + ")",
                ways.isEmpty()
                        ? "leave --gateway out"
                        : "--gateway " + ways.getFirst().gateway());
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), port), (int) PATIENCE.toMillis());
            return true;
        } catch (IOException | IllegalArgumentException _) {
            return false;
        }
    }
}
