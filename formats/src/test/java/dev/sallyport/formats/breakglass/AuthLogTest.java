package dev.sallyport.formats.breakglass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.breakglass.AuthLog.Login;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuthLogTest {
    private static final String KEY = "SHA256:" + "k".repeat(43);
    private static final String CA = "SHA256:" + "c".repeat(43);
    private static final String MESSAGE = "Accepted publickey for root from 192.0.2.7 port 50022 ssh2: ED25519-CERT "
            + KEY + " ID breakglass kit=bgk_1 (serial 7) CA ED25519 " + CA;

    private final AuthLog log =
            new AuthLog(ZoneId.of("Europe/Berlin"), Instant.parse("2026-01-02T12:00:00Z"), AuthLogTest::entry);

    private static UnaryOperator<String> entry(String line) {
        try {
            JsonNode entry = JsonMapper.shared().readTree(line);
            return field -> entry.path(field).asString("");
        } catch (JacksonException _) {
            return _ -> "";
        }
    }

    private Login read(String line) {
        return log.login(line, null).orElseThrow();
    }

    @Test
    void everyFormOfALogIsRead() {
        var expected = new Login(
                Instant.parse("2025-12-31T02:00:00Z"),
                "web-1",
                "root",
                "192.0.2.7 port 50022",
                "7",
                "breakglass kit=bgk_1",
                KEY,
                CA);

        assertThat(read("2025-12-31T03:00:00.000000+01:00 web-1 sshd[12]: " + MESSAGE))
                .isEqualTo(expected);
        assertThat(read("2025-12-31T02:00:00+0000 web-1 sshd-session[12]: " + MESSAGE))
                .isEqualTo(expected);
        assertThat(read("2025-12-31T02:00:00Z web-1 sshd[12]: " + MESSAGE)).isEqualTo(expected);
        assertThat(read("Dec 31 03:00:00 web-1 sshd[12]: " + MESSAGE))
                .as("of last year")
                .isEqualTo(expected);
        assertThat(read("{\"__REALTIME_TIMESTAMP\":\"1767146400000000\",\"_HOSTNAME\":\"web-1\","
                        + "\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\"" + MESSAGE + "\"}"))
                .isEqualTo(expected);
        assertThat(read("Jan  2 03:00:00 web-1 sshd[12]: " + MESSAGE).at()).isEqualTo("2026-01-02T02:00:00Z");
    }

    @Test
    void theTargetNamedWinsOverTheHostsName() {
        assertThat(log.login("2025-12-31T02:00:00Z ip-10-0-0-7 sshd[12]: " + MESSAGE, "web-1"))
                .map(Login::target)
                .contains("web-1");
    }

    @Test
    void whatTheSignerWroteIntoTheKeyIdIsNotTakenForWhatSshdSays() {
        String forged = MESSAGE.replace("kit=bgk_1", "x (serial 1) CA ED25519 SHA256:" + "f".repeat(43));

        Login login = read("2025-12-31T02:00:00Z web-1 sshd[12]: " + forged);

        assertThat(login.serial()).isEqualTo("7");
        assertThat(login.authority()).isEqualTo(CA);
    }

    @Test
    void otherLinesAndOtherProgramsSayNothing() {
        for (String line : new String[] {
            "2025-12-31T02:00:00Z web-1 su[12]: " + MESSAGE,
            "2025-12-31T02:00:00Z web-1 sshd[12]: Failed publickey for root",
            "2025-12-31T02:00:00Z web-1 sshd[12]: Accepted publickey for root from 192.0.2.7 port 1 ssh2: ED25519 "
                    + KEY,
            "{\"__REALTIME_TIMESTAMP\":\"1767146400000000\",\"SYSLOG_IDENTIFIER\":\"su\",\"MESSAGE\":\"" + MESSAGE
                    + "\"}",
            "{ Accepted publickey for ",
            MESSAGE
        }) {
            assertThat(log.login(line, null)).as(line).isEmpty();
        }
    }

    @Test
    void aTimeOfAnotherLineKeepsNobodyFromReadingTheLog() {
        assertThat(log.login("2026-99-99T99:99:99+00:00 h sshd[1]: Accepted publickey for x", null))
                .isEmpty();
    }

    @Test
    void aTimeWithoutAZoneIsOfTheZoneThatWasSaid() {
        assertThat(log.login("2025-12-31T02:00:00 web-1 sshd[12]: " + MESSAGE, null))
                .hasValueSatisfying(login -> assertThat(login.at()).isBefore(Instant.parse("2026-01-01T00:00:00Z")));
    }

    @Test
    void aTimeThatCannotBeReadIsSaid() {
        assertThatThrownBy(() -> log.login("2025-13-31T02:00:00Z web-1 sshd[12]: " + MESSAGE, null))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("breakglass.unreadable-time"));
    }
}
