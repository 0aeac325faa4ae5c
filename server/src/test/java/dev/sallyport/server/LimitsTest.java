package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Someone;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The limits in force are named in one place, for who may see how the server is set up. */
class LimitsTest {
    @Test
    void whoMaySeeSettingsSeesTheLimitsAndWhatSetThem() {
        try (var world = new ApiWorld()) {
            Someone chief = world.holder("chief", "catalog.read");
            Someone dev = world.signIn("dev");
            Map<String, Map<String, Object>> limits = chief.get("/limits").items().stream()
                    .collect(Collectors.toMap(limit -> String.valueOf(limit.get("name")), Function.identity()));

            assertThat(limits.get("limits.requests_per_person"))
                    .containsEntry("value", "100000 a second")
                    .containsEntry("source", "set");
            assertThat(limits.get("break_glass.budget"))
                    .containsEntry("value", "2")
                    .containsEntry("source", "default");
            assertThat(limits.get("form_bytes"))
                    .containsEntry("value", "262144 bytes")
                    .containsEntry("source", "fixed");
            assertThat(dev.get("/limits").code()).isEqualTo("auth.missing-right");
            assertThat(settings(world, "chief"))
                    .contains("<h2>Limits in force</h2>", "limits.sign_in_questions_per_person", "100000 a minute")
                    .contains("nobody: the default")
                    .doesNotContain("root.key", "password\"");
            assertThat(settings(world, "dev")).doesNotContain("Limits in force", "limits.requests_per_person");
        }
    }

    private static String settings(ApiWorld world, String name) {
        var browser = new TestClient(world.server());
        browser.login(name, ApiWorld.PASSWORD);
        return PortalTest.page(browser, "/settings").body();
    }
}
