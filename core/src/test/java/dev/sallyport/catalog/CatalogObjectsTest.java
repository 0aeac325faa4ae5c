package dev.sallyport.catalog;

import static dev.sallyport.catalog.CatalogFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.database.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogObjectsTest {
    private static final String LEADS = """
            {"api_version": "sallyport/v1", "kind": "Group", "metadata": {"name": "leads"}, "spec": {}}""";

    private final CatalogFixture catalog = new CatalogFixture();

    @AfterEach
    void drop() {
        catalog.close();
    }

    private Stored create(Kind kind, String text) {
        return catalog.objects.create(CatalogFixture.ACTOR, kind, text);
    }

    private Stored replace(Kind kind, String name, long version, String text) {
        return catalog.objects.replace(CatalogFixture.ACTOR, kind, name, version, text);
    }

    private void delete(Kind kind, String name, long version) {
        catalog.objects.delete(CatalogFixture.ACTOR, kind, name, version);
    }

    private List<String> groups(String after, String part, int limit) {
        return groups(false, after, part, limit);
    }

    private List<String> groups(boolean backwards, String after, String part, int limit) {
        return catalog.database.read(rx -> CatalogObjects.page(rx, Kind.GROUP, backwards, after, part, limit).stream()
                .map(Stored::name)
                .toList());
    }

    private String export(Optional<Kind> kind) {
        return catalog.database.read(rx -> CatalogExport.yaml(rx, kind));
    }

    @Test
    void anObjectIsMadeChangedAndDeleted() {
        Stored made = create(Kind.GROUP, LEADS);
        String again = Json.text(made.document()).replace("\"spec\":{}", "\"spec\":{\"description\":\"x\"}");

        Stored changed = replace(Kind.GROUP, "leads", 1, again);
        delete(Kind.GROUP, "leads", 2);

        assertThat(made.managedBy()).isEqualTo("api");
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.spec()).isEqualTo(Map.of("description", "x"));
        assertThat(catalog.rows("person_group")).isZero();
        assertThat(catalog.events("catalog.created")).isEqualTo(1);
        assertThat(catalog.events("catalog.deleted")).isEqualTo(1);
    }

    @Test
    void anOldVersionIsRefused() {
        create(Kind.GROUP, LEADS);
        replace(Kind.GROUP, "leads", 1, LEADS.replace("{}}", "{\"description\": \"x\"}}"));

        assertThatThrownBy(() -> replace(Kind.GROUP, "leads", 1, LEADS))
                .hasMessage("Group leads: version 2 (expected: 1, as you saw it)");
        assertThatThrownBy(() -> delete(Kind.GROUP, "leads", 1)).hasMessageContaining("version 2");
    }

    @Test
    void whatIsWrongIsToldInOneSentence() {
        assertThatThrownBy(() -> create(Kind.GROUP, LEADS.replace("{}}", "{\"members\": [\"nobody\"], \"x\": 1}}")))
                .hasMessage("spec.x: unknown key (expected: description, members)");
        assertThatThrownBy(() -> create(Kind.GROUP, LEADS.replace("{}}", "{\"members\": [\"nobody\"]}}")))
                .hasMessageStartingWith("spec.members: \"nobody\" does not exist");
        assertThatThrownBy(() -> create(Kind.ROLE, LEADS)).hasMessage("kind: \"Group\" (expected: Role)");
        assertThatThrownBy(() -> create(Kind.GROUP, "")).hasMessage("0 documents (expected: one)");
        create(Kind.GROUP, LEADS);
        assertThatThrownBy(() -> create(Kind.GROUP, LEADS)).hasMessage("Group leads exists already");
        assertThatThrownBy(() -> replace(Kind.GROUP, "leads", 1, LEADS.replace("\"leads\"", "\"others\"")))
                .hasMessageContaining("a name stays what it is");
        assertThatThrownBy(() -> replace(Kind.GROUP, "none", 1, LEADS)).hasMessage("no Group \"none\"");
    }

    @Test
    void whatFilesManageIsChangedInTheFiles() {
        catalog.apply(ApplyTest.DEMO);

        assertThatThrownBy(() -> replace(Kind.GROUP, "leads", 1, LEADS))
                .hasMessage("Group leads: managed by file (expected: api)");
        assertThatThrownBy(() -> delete(Kind.ROLE, "ops", 1)).hasMessageContaining("managed by file");
    }

    @Test
    void theProductItselfStays() {
        assertThatThrownBy(() -> delete(Kind.TARGET, "sallyport", 1))
                .hasMessage("Target sallyport is the product itself and stays as it is");
    }

    @Test
    void whatIsNamedIsNotDeleted() {
        create(Kind.GROUP, LEADS);
        create(Kind.ROLE, """
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: ops}
                spec: {targets: {all: true}, ssh: {logins: [root]}, request: {approval: {group: leads}}}
                """);

        assertThatThrownBy(() -> delete(Kind.GROUP, "leads", 1))
                .hasMessage("Group leads: still named by Role ops (expected: named by nothing)");
        delete(Kind.ROLE, "ops", 1);
        delete(Kind.GROUP, "leads", 1);
    }

    @Test
    void listsComeInPagesByName() {
        for (int i = 0; i < 5; i++) {
            create(Kind.GROUP, LEADS.replace("leads", "g-" + i));
        }

        assertThat(groups("g-1", "", 2)).containsExactly("g-2", "g-3");
        assertThat(groups("", "-4", 50)).containsExactly("g-4");
        assertThat(groups(true, "", "", 2)).containsExactly("g-4", "g-3");
        assertThat(groups(true, "g-3", "", 50)).containsExactly("g-2", "g-1", "g-0");
    }

    @Test
    void whatIsExportedChangesNothingWhenApplied() {
        catalog.apply(ApplyTest.DEMO);
        create(Kind.GROUP, LEADS.replace("leads", "made-by-api").replace("{}}", "{\"members\": [\"dev\"]}}"));
        create(Kind.OIDC_PROVIDER, """
                {"api_version": "sallyport/v1", "kind": "OidcProvider", "metadata": {"name": "corp"},
                 "spec": {"issuer": "https://id.example.org", "clientId": "null"}}""");

        String yaml = export(Optional.empty());

        assertThat(yaml)
                .contains("kind: Role", "name: made-by-api", "clientId: 'null'")
                .doesNotContain("name: sallyport");
        assertThat(text(catalog.prune(yaml))).isEmpty();
        assertThat(export(Optional.of(Kind.TARGET))).isEqualTo("""
                ---
                apiVersion: sallyport/v1
                kind: Target
                metadata:
                  name: web-1
                  labels:
                    env: demo
                    tier: web
                spec:
                  type: ssh
                  owner: lead
                  address:
                    host: 127.0.0.1
                    port: 2201
                """);
    }

    @Test
    void whatSetUpMadeIsExportedInTheStoredForm() {
        catalog.database.run(CatalogFixture.ACTOR, tx -> {
            catalog.people.createGroup(tx, "administrators", "", "set-up");
            new BuiltIn(catalog.audit).prepare(tx, "administrators");
        });

        assertThat(text(catalog.apply(export(Optional.empty())))).isEmpty();
        assertThat(replace(
                                Kind.ROLE,
                                "administrator",
                                1,
                                export(Optional.of(Kind.ROLE)).replace("8h", "2h"))
                        .managedBy())
                .isEqualTo("set-up");
    }
}
