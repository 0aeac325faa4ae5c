package dev.sallyport.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void aValueIsQuoted() {
        Settings.checkExtra(Map.of("application_name", "it's"));

        assertThat(Settings.text(true, Map.of("application_name", "it's")))
                .contains("application_name = 'it''s'\n", "fsync = 'on'\n");
    }

    @Test
    void whatKeepsTheServerPrivateCannotBeChanged() {
        assertThatThrownBy(() -> Settings.checkExtra(Map.of("listen_addresses", "*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("listen_addresses cannot be changed");
    }

    @Test
    void aLineBreakIsRefused() {
        assertThatThrownBy(() -> Settings.checkExtra(Map.of("work_mem", "1MB\nlisten_addresses = '*'")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("control character");
        assertThatThrownBy(() -> Settings.checkExtra(Map.of("a = b\nc", "1")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
