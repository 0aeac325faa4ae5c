package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {
    private static final String GOOD = """
            server = https://sallyport.example.org   # the control plane
            server-ca = ca.pem
            certificate = gateway.pem
            key = gateway.key
            host-key = host_key
            listen = 0.0.0.0:2222
            state = state
            recordings = /srv/recordings
            """;

    @Test
    void pathsAreRelativeToTheFile() throws Exception {
        GatewayConfig config = GatewayConfig.parse(GOOD, Path.of("/etc/sallyport"));

        assertThat(config.hostKey()).isEqualTo(Path.of("/etc/sallyport/host_key"));
        assertThat(config.store()).isEqualTo(new GatewayConfig.Store.Folder(Path.of("/srv/recordings")));
        assertThat(config.listen().getPort()).isEqualTo(2222);
        assertThat(config.drain()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void anUnknownSettingIsNamed() {
        assertThatThrownBy(() -> GatewayConfig.parse(GOOD + "sever = x\n", Path.of("/")))
                .hasMessageContaining("sever")
                .hasMessageContaining("server");
    }

    @Test
    void plainHttpIsRefused() {
        assertThatThrownBy(() -> GatewayConfig.parse(GOOD.replace("https:", "http:"), Path.of("/")))
                .hasMessageContaining("https://HOST");
    }

    @Test
    void whatIsMissingOrTwiceIsNamed() {
        assertThatThrownBy(() -> GatewayConfig.parse(GOOD.replaceFirst("key = .*\n", ""), Path.of("/")))
                .hasMessageContaining("key");
        assertThatThrownBy(() -> GatewayConfig.parse(GOOD + "state = other\n", Path.of("/")))
                .hasMessageContaining("state");
        assertThatThrownBy(() -> GatewayConfig.parse(GOOD.replace("0.0.0.0:2222", "here"), Path.of("/")))
                .hasMessageContaining("listen");
    }

    @Test
    void wrongWordsAreAnsweredWithTheUsage() throws InterruptedException {
        assertThat(GatewayMain.run(new String[] {"--help"})).isEqualTo(64);
        assertThat(GatewayMain.run(new String[] {"--config", "/nowhere/at/all"}))
                .isEqualTo(1);
    }
}
