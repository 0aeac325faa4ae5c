package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.review.ApprovalLimits;
import dev.sallyport.review.EmergencyLimits;
import dev.sallyport.risk.RiskWeights;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
    private static final String GOOD = """
            server: {url: "https://pam.example.org:8443", bind: 0.0.0.0, port: 8443}
            data: {dir: /var/lib/sallyport}
            database: {embedded: true}
            """;

    private static void refuses(String text, String... said) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfigFile.parse("server.yaml", text))
                .satisfies(e -> assertThat(e.getMessage()).contains(said));
    }

    @Test
    void readsAFileAndFillsInTheRest() {
        ServerConfig config = ConfigFile.parse("server.yaml", GOOD);

        assertThat(config.apiUrl()).isEqualTo("https://pam.example.org:8443/api/v1");
        assertThat(config.tls()).isEqualTo(new ServerConfig.Tls.Own());
        assertThat(config.rootKey()).isEqualTo(Path.of("/var/lib/sallyport/root.key"));
        assertThat(config.database())
                .isEqualTo(new ServerConfig.Store.Embedded(Path.of("/var/lib/sallyport/postgres")));
    }

    @Test
    void thresholdsOfApproversAreTheUsualOnesUnlessSaid() {
        assertThat(ConfigFile.parse("server.yaml", GOOD).approvals()).isEqualTo(ApprovalLimits.DEFAULT);
        assertThat(ConfigFile.parse(
                                "server.yaml", GOOD + "approvals: {quick: 5s, zone: Europe/Berlin, from: \"08:00\"}")
                        .approvals())
                .satisfies(limits -> {
                    assertThat(limits.quick()).isEqualTo(Duration.ofSeconds(5));
                    assertThat(limits.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
                    assertThat(limits.from()).isEqualTo(LocalTime.of(8, 0));
                });
    }

    @Test
    void namesTheKeyItDoesNotKnow() {
        refuses(GOOD + "tls: {of: true}", "tls.of", "unknown key", "off");
        refuses(GOOD + "colour: red", "colour", "unknown key");
    }

    @Test
    void namesTheValueThatIsWrongAndWhatWasExpected() {
        refuses(GOOD.replace("port: 8443}", "port: 99999}"), "server.port", "99999", "65535");
        refuses(GOOD.replace("port: 8443}", "port: many}"), "server.port", "many", "whole number");
        refuses(GOOD.replace("org:8443", "org:8443/path?x=1"), "server.url", "/path?x=1");
        refuses(GOOD.replace("org:8443", "org:8443/../path"), "server.url", "/../path");
        refuses(GOOD.replace("https", "http"), "server.url", "https");
        refuses(GOOD.replace("{embedded: true}", "{}"), "database", "embedded");
        refuses(GOOD.replace("data: {dir: /var/lib/sallyport}", ""), "data.dir", "missing");
        refuses(GOOD + "limits: {requests_per_person: 0}", "limits.requests_per_person", "0");
        refuses(
                GOOD + "limits: {sign_in_questions_per_person: 0}",
                "limits.sign_in_questions_per_person",
                "1 to 1000000 a minute");
        refuses(GOOD + "approvals: {quick_percent: 101}", "approvals.quick_percent", "101");
        refuses(GOOD + "approvals: {zone: Berlin}", "approvals.zone", "Berlin", "Europe/Berlin");
        refuses(GOOD + "break_glass: {review_within: 31d}", "break_glass.review_within", "up to 30d");
        refuses(GOOD + "break_glass: {budget: -1}", "break_glass.budget", "-1");
        refuses(GOOD + "break_glass: {budgets: 1}", "break_glass.budgets", "unknown key");
        assertThat(ConfigFile.parse("server.yaml", GOOD + "break_glass: {budget: 0, review_within: 8h}")
                        .emergencies())
                .isEqualTo(new EmergencyLimits(Duration.ofHours(8), 0, Duration.ofDays(30)));
        refuses(GOOD + "approvals: {fast: 1s}", "approvals.fast", "unknown key");
        refuses("server: [", "server.yaml");
        refuses(GOOD + "server: {}", "server");
    }

    @Test
    void weightsOfRisksAreReadAndBounded() {
        assertThat(ConfigFile.parse("server.yaml", GOOD).risk()).isEqualTo(RiskWeights.DEFAULT);
        assertThat(ConfigFile.parse("server.yaml", GOOD + "risk: {weights: {hour: 25, break_glass: 0}}")
                        .risk())
                .isEqualTo(new RiskWeights(25, 20, 10, 10, 15, 10, 15, 10, 0));
        refuses(GOOD + "risk: {weights: {hour: 101}}", "risk.weights.hour", "101", "0 to 100");
        refuses(GOOD + "risk: {weights: {moon: 1}}", "risk.weights.moon", "unknown key");
    }

    @Test
    void plainHttpStaysOnLoopback() {
        String off = GOOD.replace("https", "http") + "tls: {off: true}";

        refuses(off, "tls.off", "0.0.0.0", "loopback");
        assertThat(ConfigFile.parse("server.yaml", off.replace("0.0.0.0", "127.0.0.1"))
                        .hasTls())
                .isFalse();
    }

    @Test
    void aDatabaseOfOthersNeedsTwoRoles() {
        refuses(
                GOOD.replace(
                        "{embedded: true}",
                        "{url: 'jdbc:postgresql://db/sallyport', user: app, password_file: /nonexistent}"),
                "database.password_file",
                "/nonexistent");
        refuses(GOOD.replace("{embedded: true}", "{url: 'jdbc:postgresql://db/sallyport'}"), "database.user");
    }
}
