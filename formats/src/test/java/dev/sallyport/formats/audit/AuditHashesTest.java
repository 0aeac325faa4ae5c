package dev.sallyport.formats.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AuditHashesTest {
    /** Known answers of the test vectors that RFC 6962's own reference code uses. */
    @Test
    void aLeafIsHashedAsRfc6962Says() {
        assertThat(HexFormat.of().formatHex(LeafHash.of(new byte[0])))
                .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assertThat(HexFormat.of().formatHex(LeafHash.of(new byte[] {0})))
                .isEqualTo("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
        assertThat(LeafHash.of("a".getBytes(US_ASCII))).isNotEqualTo(LeafHash.of("b".getBytes(US_ASCII)));
    }

    @Test
    void aCommitmentFitsItsValueAndSaltOnly() {
        byte[] salt = Commitment.salt();
        byte[] other = Commitment.salt();
        String commitment = Commitment.of(salt, "Zoë");

        assertThat(commitment).matches("[A-Za-z0-9_-]{43}");
        assertThat(Commitment.verify(commitment, salt, "Zoë")).isTrue();
        assertThat(Commitment.verify(commitment, salt, "Zoe")).isFalse();
        assertThat(Commitment.verify(commitment, other, "Zoë")).isFalse();
        assertThat(Commitment.verify("", salt, "Zoë")).isFalse();
        assertThat(Commitment.verify(commitment, new byte[3], "Zoë")).isFalse();
    }

    @Test
    void aSaltHasItsFullLength() {
        assertThat(Commitment.salt()).hasSize(32);
        assertThatThrownBy(() -> Commitment.of(new byte[31], "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("salt: 31 bytes (expected: 32)");
    }
}
