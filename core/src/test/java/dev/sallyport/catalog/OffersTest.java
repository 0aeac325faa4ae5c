package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.identity.Directory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AP3: what somebody may ask for is sorted by the server, whichever eligibilities it comes from. */
class OffersTest {
    private final CatalogFixture catalog = new CatalogFixture();

    @BeforeEach
    void apply() {
        var documents = new StringBuilder("""
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: everybody}
                spec: {}
                ---
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: dev}
                spec: {groups: [everybody]}
                """);
        for (String target : List.of("delta", "bravo", "echo", "alpha", "charlie")) {
            documents.append("""
                    ---
                    apiVersion: sallyport/v1
                    kind: Target
                    metadata: {name: %s}
                    spec: {type: ssh, address: {host: 127.0.0.1}}
                    """.formatted(target));
        }
        for (String role : List.of("look", "ops", "act")) {
            documents.append("""
                    ---
                    apiVersion: sallyport/v1
                    kind: Role
                    metadata: {name: %s}
                    spec:
                      targets: {type: ssh}
                      ssh: {logins: [root]}
                      request: {approval: auto, maxDuration: 8h}
                    """.formatted(role));
        }
        eligibility(documents, "a-first", "ops", "[echo, bravo]");
        eligibility(documents, "b-second", "ops", "[alpha, bravo, charlie, delta, echo]");
        eligibility(documents, "c-third", "look", "[delta, alpha]");
        eligibility(documents, "d-fourth", "act", "[charlie, echo, bravo]");
        catalog.apply(documents.toString());
    }

    private static void eligibility(StringBuilder documents, String name, String role, String targets) {
        documents.append("""
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: %s}
                spec: {role: %s, subjects: {groups: [everybody]}, targets: {names: %s}}
                """.formatted(name, role, targets));
    }

    @AfterEach
    void drop() {
        catalog.close();
    }

    private List<String> offers(Search search, int limit) {
        return catalog.database.read(rx -> {
            var dev = Directory.person(rx, "dev").orElseThrow();
            return Catalog.offers(rx, dev, Directory.groups(rx, dev.id()), search, limit).stream()
                    .map(offer -> offer.role().name() + " " + offer.target().name())
                    .toList();
        });
    }

    private static Search sorted(OfferOrder order) {
        return new Search(Optional.empty(), Optional.empty(), List.of(), order);
    }

    @Test
    void eachIsThereOnceByRoleAndTarget() {
        assertThat(offers(Search.ALL, 100))
                .containsExactly(
                        "act bravo",
                        "act charlie",
                        "act echo",
                        "look alpha",
                        "look delta",
                        "ops alpha",
                        "ops bravo",
                        "ops charlie",
                        "ops delta",
                        "ops echo");
    }

    @Test
    void theOtherOrdersAreTheSameSortedOtherwise() {
        List<String> all = offers(Search.ALL, 100);
        Comparator<String> byTarget = Comparator.<String, String>comparing(offer -> offer.split(" ")[1])
                .thenComparing(Comparator.naturalOrder());

        assertThat(offers(sorted(OfferOrder.ROLE_DESC), 100)).isEqualTo(all.reversed());
        assertThat(offers(sorted(OfferOrder.TARGET), 100))
                .isEqualTo(all.stream().sorted(byTarget).toList());
        assertThat(offers(sorted(OfferOrder.TARGET_DESC), 100))
                .isEqualTo(all.stream().sorted(byTarget.reversed()).toList());
    }

    @ParameterizedTest
    @EnumSource
    void howeverFewAreWantedTheyAreTheFirst(OfferOrder order) {
        List<String> all = offers(sorted(order), 100);

        for (int limit = 1; limit <= all.size(); limit++) {
            assertThat(offers(sorted(order), limit)).isEqualTo(all.subList(0, limit));
        }
    }

    @Test
    void whatIsSearchedForIsSortedToo() {
        var search = new Search(Optional.empty(), Optional.of("ops"), List.of("a"), OfferOrder.TARGET_DESC);

        assertThat(offers(search, 100)).containsExactly("ops delta", "ops charlie", "ops bravo", "ops alpha");
    }
}
