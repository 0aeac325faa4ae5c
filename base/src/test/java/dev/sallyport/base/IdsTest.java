package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    @Test
    void aNewIdIsAnIdOfItsPrefix() {
        String id = Ids.next("req_");

        assertThat(id).startsWith("req_").hasSize(30);
        assertThat(Ids.check("req_", id)).isEqualTo(id);
    }

    @Test
    void anIdOfAnotherPrefixIsRefused() {
        String id = Ids.next("req_");

        assertThat(Ids.isId("grt_", id)).isFalse();
        assertThatThrownBy(() -> Ids.check("grt_", id))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("input.invalid-id"))
                .hasMessage("id: \"" + id + "\" (expected: grt_ and 26 letters or digits)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "req_",
                "req_0123456789abcdefghjkmnpqr",
                "req_0123456789abcdefghjkmnpqrst",
                "req_0123456789ABCDEFGHJKMNPQRS",
                "req_0123456789abcdefghijkmnpqr",
                "req_0123456789abcdefghlkmnpqrs",
                "req_0123456789abcdefghokmnpqrs",
                "req_0123456789abcdefghukmnpqrs",
                "req_0123456789abcdefghjkmnpqrs\n",
                " req_0123456789abcdefghjkmnpqrs",
                "req_0123456789abcdefgh'--nopqr",
            })
    void malformedIdsAreRefused(String id) {
        assertThat(Ids.isId("req_", id)).isFalse();
        assertThatThrownBy(() -> Ids.check("req_", id)).isInstanceOf(Refusal.class);
    }

    @Test
    void everyCharacterOfTheAlphabetIsReadAndAllAreMade() {
        assertThat(Ids.isId("req_", "req_" + ALPHABET.substring(0, 26))).isTrue();
        assertThat(Ids.isId("req_", "req_" + ALPHABET.substring(6))).isTrue();

        var seen = Stream.generate(() -> Ids.next(""))
                .limit(1_000)
                .flatMapToInt(id -> id.substring(10).chars())
                .mapToObj(Character::toString)
                .collect(Collectors.toSet());

        assertThat(seen).hasSize(32);
        assertThat(ALPHABET).contains(seen);
    }

    @Test
    void theFirstTenCharactersAreTheTime() {
        long before = System.currentTimeMillis();
        String id = Ids.next("req_");
        long after = System.currentTimeMillis();

        long time =
                id.substring(4, 14).chars().mapToLong(ALPHABET::indexOf).reduce(0, (sum, digit) -> sum << 5 | digit);

        assertThat(time).isBetween(before, after);
    }

    @Test
    void idsDoNotRepeat() {
        assertThat(Stream.generate(() -> Ids.next("req_")).limit(10_000)).doesNotHaveDuplicates();
    }

    @Test
    void idsOfOneProcessRiseWithinAMillisecondToo() {
        assertThat(Stream.generate(() -> Ids.next("evt_")).limit(100_000)).isSorted();
    }

    @Test
    void idsOfManyThreadsDoNotRepeat() {
        assertThat(Stream.generate(() -> Ids.next("")).parallel().limit(100_000))
                .doesNotHaveDuplicates();
    }
}
