package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.credential.Hosts;
import dev.sallyport.database.Actor;
import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Calls every endpoint as everybody and writes down who got in. Run with {@code -Dsallyport.golden=write} to write the
 * table anew.
 */
class AuthorizationTableTest {
    private static final Path TABLE = Path.of("..", "docs", "reference", "authorization.md");
    private static final String ANYBODY = "nobody";
    private static final String HOST = "host token";
    private static final String SIGNED_IN = "signed in";

    /** A call as the API describes it. */
    private record Endpoint(String method, String path, String needs) {
        /** Ends a session that the calls after it would need. */
        boolean isLast() {
            return path.equals("/logout");
        }

        /** An address that changes nothing, whoever gets in. */
        String example() {
            String prefix = switch (path.split("/", 3)[1]) {
                case "requests" -> "req_";
                case "grants" -> "grt_";
                case "leases" -> "lse_";
                case "identities" -> "idn_";
                case "sessions" -> "ssn_";
                default -> "evt_";
            };
            return path.replaceAll("\\{(purpose|role|target)}", "no-such")
                    .replace("{set}", "no-such")
                    .replace("{id}", prefix + "0".repeat(26))
                    .replace("{name}", path.endsWith("/host-certificate") ? "web-1" : "no-such");
        }

        boolean admits(String caller) {
            return switch (needs) {
                case "public" -> true;
                case HOST -> caller.equals(HOST);
                case SIGNED_IN -> !caller.equals(ANYBODY) && !caller.equals(HOST);
                default -> caller.equals(needs);
            };
        }
    }

    @SuppressWarnings("unchecked") // the shape of an OpenAPI document
    private static List<Endpoint> endpoints(Someone nobody) {
        var endpoints = new ArrayList<Endpoint>();
        var paths = (Map<String, Map<String, Map<String, Object>>>) java.util.Objects.requireNonNull(
                nobody.get("/openapi.json").json().get("paths"));
        paths.forEach((path, methods) -> methods.forEach((method, described) -> endpoints.add(new Endpoint(
                method.toUpperCase(java.util.Locale.ROOT), path, String.valueOf(described.get("x-needs"))))));
        return endpoints;
    }

    private static boolean getsIn(String caller, Someone someone, Endpoint endpoint, String hostToken) {
        Map<String, String> headers = caller.equals(HOST) ? Map.of("Authorization", "Bearer " + hostToken) : Map.of();
        boolean empty = endpoint.method().equals("GET");
        Reply reply = someone.call(endpoint.method(), endpoint.example(), headers, empty ? null : "{}");
        assertThat(reply.status()).as("%s %s", endpoint, reply.body()).isLessThan(500);
        return reply.status() != 401 && !reply.code().startsWith("auth.");
    }

    @Test
    void everyEndpointAdmitsExactlyWhomItDeclares() throws IOException {
        var table = new LinkedHashMap<Endpoint, List<Boolean>>();
        var callers = new LinkedHashMap<String, Someone>();
        try (var world = new ApiWorld()) {
            String hostToken = world.server()
                    .feature(Hosts.class)
                    .enrol(Actor.system("test"), "web-1", List.of())
                    .token()
                    .reveal();
            callers.put(ANYBODY, world.nobody());
            callers.put(HOST, world.nobody());
            callers.put(SIGNED_IN, world.signIn("other"));
            for (String right : new TreeSet<>(Rights.ALL)) {
                callers.put(right, world.holder("holder-" + right, right));
            }
            List<Endpoint> endpoints = endpoints(world.nobody());
            endpoints.forEach(endpoint -> table.put(endpoint, new ArrayList<>()));
            for (boolean last : new boolean[] {false, true}) {
                for (Endpoint endpoint : endpoints) {
                    if (endpoint.isLast() == last) {
                        callers.forEach((caller, someone) -> java.util.Objects.requireNonNull(table.get(endpoint))
                                .add(getsIn(caller, someone, endpoint, hostToken)));
                    }
                }
            }
        }

        String text = text(List.copyOf(callers.keySet()), table);
        if ("write".equals(System.getProperty("sallyport.golden"))) {
            Files.writeString(TABLE, text);
        }

        table.forEach((endpoint, admitted) -> assertThat(admitted)
                .as("%s %s needs %s", endpoint.method(), endpoint.path(), endpoint.needs())
                .isEqualTo(callers.keySet().stream().map(endpoint::admits).toList()));
        assertThat(text).isEqualTo(Files.readString(TABLE));
    }

    private static String text(List<String> callers, Map<Endpoint, List<Boolean>> table) {
        var text = new StringBuilder("""
                # Who may call what

                Written by a test that calls every endpoint of the API as everybody: nobody, an enrolled host by its token,
                somebody signed in without any right, and the holder of each single right. *yes* got in; what they then
                see or may do can depend on whose it is (`view=all` of requests and grants needs `request.read-all` and
                `grant.read-all`; deciding needs membership in the group that the role names).

                """);
        text.append("| Endpoint | needs | ").append(String.join(" | ", callers)).append(" |\n|");
        text.append("---|".repeat(callers.size() + 2)).append('\n');
        table.forEach((endpoint, admitted) -> {
            text.append("| ").append(endpoint.method()).append(' ').append(endpoint.path());
            text.append(" | ").append(endpoint.needs());
            admitted.forEach(in -> text.append(in ? " | yes" : " | –"));
            text.append(" |\n");
        });
        return text.toString();
    }

    @Test
    void whatIsPublicStandsInBothPlaces() {
        try (var world = new ApiWorld()) {
            assertThat(endpoints(world.nobody()).stream()
                            .filter(endpoint -> endpoint.needs().equals("public")
                                    || endpoint.needs().equals("incident source")
                                    || endpoint.needs().equals(HOST))
                            .map(endpoint -> "/api/v1" + endpoint.path().replaceAll("\\{\\w+}", "*"))
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(PublicPaths.API);
        }
    }
}
