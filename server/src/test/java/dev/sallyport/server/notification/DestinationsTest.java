package dev.sallyport.server.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels reach the internet, and of private networks only what the server's settings name. */
@NullMarked
class DestinationsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "fe80::1",
                "fd00::1",
                "fec0::1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "ff02::1"
            })
    void privateAndSpecialAddressesAreNotReached(String address) {
        assertThat(new Destinations(List.of()).isAllowed(InetAddress.ofLiteral(address)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "2606:4700:4700::1111"})
    void theInternetIs(String address) {
        assertThat(new Destinations(List.of()).isAllowed(InetAddress.ofLiteral(address)))
                .isTrue();
    }

    @Test
    void whatTheSettingsNameIsReachedAndNothingBesideIt() {
        var some = new Destinations(List.of("10.1.0.0/16", "fd00::1"));

        assertThat(some.isAllowed(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
        assertThat(some.isAllowed(InetAddress.ofLiteral("fd00::1"))).isTrue();
        assertThat(some.isAllowed(InetAddress.ofLiteral("10.2.0.1"))).isFalse();
        assertThat(some.isAllowed(InetAddress.ofLiteral("fd00::2"))).isFalse();
    }

    @Test
    void aNetworkThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new Destinations(List.of("intranet")))
                .hasMessageContaining("notifications.private_addresses: intranet");
    }
}
