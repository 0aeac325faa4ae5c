package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.credential.Hosts;
import dev.sallyport.database.Actor;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeysApiTest {
    private static ApiWorld world;
    private static Someone keeper;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        keeper = world.holder("keeper", "key.read", "key.rotate", "target.enroll", "audit.read");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Reply activate(String purpose, boolean force) {
        return keeper.post("/keys/" + purpose + "/activate", Map.of("force", force));
    }

    private static List<Object> states(Reply reply, String purpose) {
        return reply.items().stream()
                .filter(key -> purpose.equals(key.get("purpose")))
                .map(key -> (Object) String.valueOf(key.get("state")))
                .toList();
    }

    @Test
    void aKeyIsRotatedInTwoSteps() {
        Reply rotated = keeper.call("POST", "/keys/access/rotate", Map.of(), null);
        Reply early = activate("access", false);
        Reply active = activate("access", true);

        assertThat(rotated.status()).as(rotated.body()).isEqualTo(201);
        assertThat(states(rotated, "access")).containsExactly("next", "active");
        assertThat(early.code()).isEqualTo("ca-key.too-early");
        assertThat(states(active, "access")).containsExactly("active", "retired");
        assertThat(activate("access", true).code()).isEqualTo("ca-key.no-next");
        assertThat(keeper.get("/audit/events?activity=ca-key.activated").items())
                .isNotEmpty();
    }

    @Test
    void tokenKeysRotateAtOnceAndNobodyIsSignedOut() {
        Reply rotated = keeper.call("POST", "/keys/token/rotate", Map.of(), null);

        assertThat(states(rotated, "token")).containsExactly("next", "active", "retired");
        assertThat(keeper.get("/me").status()).isEqualTo(200);
        assertThat(activate("token", false).code()).isEqualTo("token-key.rotates-at-once");
    }

    @Test
    void hostsThatLackTheNewestKeysAreNamed() {
        String token = world.server()
                .feature(Hosts.class)
                .enrol(Actor.system("test"), "web-1", List.of())
                .token()
                .reveal();
        Reply statement = world.nobody().get("/ssh/keys");
        String version = statement.header("Sallyport-Keys-Version");

        assertThat(keeper.get("/keys").body()).contains("\"hosts_lacking\":[\"web-1\"]");
        Reply confirmed = world.nobody()
                .call(
                        "POST",
                        "/ssh/krl-confirmations",
                        Map.of("Authorization", "Bearer " + token, "Sallyport-Keys-Version", version),
                        "{\"version\":0}");

        assertThat(confirmed.status()).as(confirmed.body()).isEqualTo(204);
        assertThat(keeper.get("/keys").body()).contains("\"hosts_lacking\":[]");
        assertThat(keeper.get("/targets/hosts").body()).contains("\"knows_keys\":true");
        assertThat(world.nobody().get("/ssh/krl").header("Sallyport-Keys-Version"))
                .isEqualTo(version);
        assertThat(world.nobody().get("/ssh/keys.sig?version=" + version).body())
                .startsWith("-----BEGIN SSH SIGNATURE-----");
        assertThat(world.nobody().get("/ssh/keys.sig?version=1").code()).isEqualTo("keys.newer-version");
    }

    @Test
    void whatIsNoPurposeAndWhoHasNoRightIsRefused() {
        assertThat(activate("tls", false).code()).isEqualTo("input.invalid-value");
        assertThat(world.signIn("other").get("/keys").code()).isEqualTo("auth.missing-right");
        assertThat(world.holder("looker", "key.read")
                        .call("POST", "/keys/krl/rotate", Map.of(), null)
                        .code())
                .isEqualTo("auth.missing-right");
    }
}
