package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasskeyPlaceTest {
    @ParameterizedTest
    @CsvSource({
        "https://pam.example.org,         pam.example.org, https://pam.example.org",
        "https://PAM.example.org:443/x,   pam.example.org, https://pam.example.org",
        "https://pam.example.org:8443,    pam.example.org, https://pam.example.org:8443",
        "https://localhost:8443,          localhost,       https://localhost:8443",
        "http://localhost:8080,           localhost,       http://localhost:8080",
        "http://dev.localhost:80/base,    dev.localhost,   http://dev.localhost"
    })
    void aHostNameOverTlsIsAPlaceAndSoIsThisMachine(String url, String host, String origin) {
        assertThat(PasskeyPlace.of(URI.create(url))).contains(new PasskeyPlace(host, origin));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://127.0.0.1:8443", "https://[::1]:8443", "http://pam.example.org", "https:///x"})
    void anAddressIsNoneAndNeitherIsAHostWithoutTls(String url) {
        assertThat(PasskeyPlace.of(URI.create(url))).isEqualTo(Optional.empty());
    }

    @Test
    void bytesAreReadOnlyAsTheyAreWritten() {
        assertThat(Encoded.bytes("x", "AAEC", 3)).containsExactly(0, 1, 2);
        assertThat(Encoded.challenge("{\"challenge\":\"abc\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .contains("abc");
        assertThat(Encoded.challenge("[]".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEmpty();
    }
}
