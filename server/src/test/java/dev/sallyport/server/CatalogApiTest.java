package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Json;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CatalogApiTest {
    private static ApiWorld world;
    private static Someone keeper;
    private static Someone reader;
    private static Someone dev;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        keeper = world.holder("keeper", "catalog.read", "catalog.write", "target.enroll");
        reader = world.holder("reader", "catalog.read");
        dev = world.signIn("dev");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Map<String, Object> group(String name, Map<String, Object> spec) {
        return Map.of("api_version", "sallyport/v1", "kind", "Group", "metadata", Map.of("name", name), "spec", spec);
    }

    private static Map<String, Object> files(String text, boolean prune, boolean dryRun) {
        return Map.of("files", List.of(Map.of("name", "a.yaml", "text", text)), "prune", prune, "dry_run", dryRun);
    }

    private static Reply put(String path, String etag, Object document) {
        return keeper.call("PUT", path, Map.of("If-Match", etag), Json.text(document));
    }

    @Test
    void anObjectIsMadeReadReplacedAndDeleted() {
        Reply made = keeper.post("/groups", group("crew", Map.of()));
        String id = String.valueOf(
                Json.object(Json.text(made.json().get("metadata"))).get("id"));
        Reply byId = reader.get("/groups/" + id);
        Reply changed = put("/groups/crew", made.header("ETag"), group("crew", Map.of("description", "x")));
        Reply gone = keeper.call("DELETE", "/groups/" + id, Map.of("If-Match", changed.header("ETag")), null);

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.header("ETag")).isEqualTo("\"1\"");
        assertThat(byId.json()).isEqualTo(made.json());
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(changed.json().get("spec")).isEqualTo(Map.of("description", "x"));
        assertThat(gone.status()).as(gone.body()).isEqualTo(204);
        assertThat(reader.get("/groups/crew").code()).isEqualTo("catalog.not-found");
    }

    @Test
    void whatWasShownCanBeSentBack() {
        Reply made = keeper.post("/groups", group("echo", Map.of("description", "e")));

        Reply again = put("/groups/echo", made.header("ETag"), made.json());

        assertThat(again.status()).as(again.body()).isEqualTo(200);
    }

    @Test
    void aChangeWithoutTheVersionSeenIsRefused() {
        keeper.post("/groups", group("lost", Map.of()));

        Reply without = keeper.call("PUT", "/groups/lost", Map.of(), Json.text(group("lost", Map.of())));
        Reply stale = put("/groups/lost", "\"7\"", group("lost", Map.of()));
        Reply any = put("/groups/lost", "*", group("lost", Map.of()));
        Reply delete = keeper.call("DELETE", "/groups/lost", Map.of(), null);

        assertThat(without.status()).isEqualTo(428);
        assertThat(without.code()).isEqualTo("input.if-match-required");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.code()).isEqualTo("catalog.stale");
        assertThat(any.code()).isEqualTo("input.invalid-value");
        assertThat(delete.code()).isEqualTo("input.if-match-required");
    }

    @Test
    void filesAreAppliedTogetherAndDiffChangesNothing() {
        String text = ApiWorld.CATALOGUE.replace("maxDuration: 1h", "maxDuration: 2h");

        Reply diff = reader.post("/catalog/diff", files(text, false, false));
        Reply dry = keeper.post("/catalog/apply", files(text, false, true));
        Reply applied = keeper.post("/catalog/apply", files(text, false, false));
        Reply again = keeper.post("/catalog/apply", files(text, false, false));

        assertThat(diff.status()).as(diff.body()).isEqualTo(200);
        assertThat(diff.json().get("applied")).isEqualTo(false);
        assertThat(diff.body()).contains("\"update\"", "spec.request.maxDuration");
        assertThat(dry.json()).isEqualTo(diff.json());
        assertThat(applied.json().get("applied")).isEqualTo(true);
        assertThat(again.body()).doesNotContain("\"update\"");
    }

    @Test
    void unsoundFilesAreToldByPlace() {
        Reply refused = keeper.post("/catalog/apply", files("kind: Group\nmetadata: {nam: x}\n", false, false));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("catalog.invalid");
        assertThat(refused.json().get("errors"))
                .asString()
                .contains("file=a.yaml", "line=2", "column=12", "message=metadata.nam: unknown key");
    }

    @Test
    void theExportAppliesWithoutAChange() {
        Reply export = reader.get("/catalog/export");

        Reply diff = reader.post("/catalog/diff", files(export.body(), false, false));

        assertThat(export.header("Content-Type")).startsWith("text/yaml");
        assertThat(diff.status()).as(diff.body()).isEqualTo(200);
        assertThat(reader.get("/catalog/export?kind=roles").body())
                .contains("kind: Role")
                .doesNotContain("kind: Target");
        assertThat(reader.get("/catalog/export?kind=teapots").code()).isEqualTo("input.invalid-value");
    }

    @Test
    void listsGoOnWhereTheyEnded() {
        Reply first = reader.get("/people?limit=2");
        Reply second = reader.get("/people?limit=2&after=" + first.text("next"));

        assertThat(first.items()).hasSize(2);
        assertThat(second.items()).isNotEmpty().doesNotContainAnyElementsOf(first.items());
        assertThat(reader.get("/targets?q=eb-").items()).hasSize(1);
    }

    @Test
    void whoMayNotReadSeesNothingAndWhoReadsChangesNothing() {
        assertThat(dev.get("/targets").code()).isEqualTo("auth.missing-right");
        assertThat(dev.get("/targets/web-1").code()).isEqualTo("auth.missing-right");
        assertThat(dev.get("/catalog/export").code()).isEqualTo("auth.missing-right");
        assertThat(reader.post("/groups", group("mine", Map.of())).code()).isEqualTo("auth.missing-right");
        assertThat(world.nobody().get("/targets").code()).isEqualTo("auth.required");
    }

    @Test
    void whatFilesManageIsNotChangedHere() {
        Reply refused = put("/groups/leads", reader.get("/groups/leads").header("ETag"), group("leads", Map.of()));
        Reply builtIn = keeper.call("DELETE", "/targets/sallyport", Map.of("If-Match", "\"1\""), null);

        assertThat(refused.code()).isEqualTo("catalog.managed-elsewhere");
        assertThat(builtIn.code()).isEqualTo("catalog.built-in");
    }

    @Test
    void aPersonGetsAFirstPasswordOnce() {
        keeper.post(
                "/people",
                Map.of(
                        "api_version",
                        "sallyport/v1",
                        "kind",
                        "Person",
                        "metadata",
                        Map.of("name", "fresh"),
                        "spec",
                        Map.of()));

        Reply shortOne = keeper.post("/people/fresh/password", Map.of("password", "short"));
        Reply set = keeper.post("/people/fresh/password", Map.of("password", ApiWorld.PASSWORD));
        Reply again = keeper.post("/people/fresh/password", Map.of("password", "another long password"));

        assertThat(shortOne.code()).isEqualTo("password.invalid");
        assertThat(set.status()).as(set.body()).isEqualTo(204);
        assertThat(again.code()).isEqualTo("password.exists");
        assertThat(new TestClient(world.server())
                        .signIn("fresh", ApiWorld.PASSWORD)
                        .access())
                .isNotEmpty();
        assertThat(dev.post("/people/fresh/password", Map.of("password", ApiWorld.PASSWORD))
                        .code())
                .isEqualTo("auth.missing-right");
        assertThat(keeper.post("/people/no-such/password", Map.of("password", ApiWorld.PASSWORD))
                        .code())
                .isEqualTo("person.unknown");
    }

    @Test
    void enrolledHostsAreListed() {
        Reply enrolled = keeper.post("/targets/web-1/enrollment", Map.of());

        assertThat(enrolled.status()).as(enrolled.body()).isEqualTo(201);
        assertThat(keeper.get("/targets/hosts").items())
                .extracting(host -> host.get("target"))
                .containsExactly("web-1");
        assertThat(reader.get("/targets/hosts").code()).isEqualTo("auth.missing-right");
    }
}
