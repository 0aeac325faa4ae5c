package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimExpressionTest {
    private static final Map<String, Object> CLAIMS = Map.of(
            "groups", List.of("devs", "leads", Map.of("odd", 1), 7),
            "realm_access", Map.of("roles", List.of("admin")),
            "https://example.org/team", "payments",
            "level", 3,
            "claims", Map.of("groups", "inner"));

    private static List<String> texts(String expression) {
        return ClaimExpression.parse(expression).orElseThrow().texts(CLAIMS);
    }

    @Test
    void goesDownThroughObjectsToTheValuesThere() {
        assertThat(texts("claims.groups")).containsExactly("devs", "leads", "7");
        assertThat(texts("claims.realm_access.roles")).containsExactly("admin");
        assertThat(texts("claims['https://example.org/team']")).containsExactly("payments");
        assertThat(texts("claims[\"realm_access\"].roles")).containsExactly("admin");
        assertThat(texts("claims.claims.groups")).containsExactly("inner");
        assertThat(texts("claims.level")).containsExactly("3");
    }

    @Test
    void aLiteralIsTheSameForEverybody() {
        assertThat(texts("'corp'")).containsExactly("corp");
        assertThat(texts("\"a b\"")).containsExactly("a b");
    }

    @Test
    void whatIsNotThereOrNoSingleValueGivesNothing() {
        assertThat(texts("claims.nothing.here")).isEmpty();
        assertThat(texts("claims.realm_access")).isEmpty();
        assertThat(texts("claims.groups.x")).isEmpty();
        assertThat(ClaimExpression.parse("claims.groups").orElseThrow().text(CLAIMS))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "claims",
                "groups",
                "claims.",
                "claims..a",
                "claims.a b",
                "claims.a-b",
                "claims[a]",
                "claims['a",
                "claims['a'b']",
                "claims['a\\'b']",
                "claims.a.b.c.d.e.f.g.h.i.j.k",
                "claimsx.a",
                "'unclosed",
                "claims.a == 'b'",
                "claims['\u202e']"
            })
    void refusesWhatIsNoExpression(String text) {
        assertThat(ClaimExpression.parse(text)).isEmpty();
    }
}
