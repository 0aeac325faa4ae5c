package dev.sallyport.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private final PersonId dev = PersonId.next();
    private final PersonId lead = PersonId.next();
    private final PersonId other = PersonId.next();
    private final Places places = new Places(3, 2, () -> refusal("full"), () -> refusal("yours are taken"));

    private static Refusal refusal(String sentence) {
        return PlaybackRefusal.BUSY.because(sentence, "try again in a moment");
    }

    @Test
    void nobodyHasMoreThanTheirsAndNobodyAtAllMoreThanThereAre() {
        Places.Place first = places.take(dev);
        Places.Place second = places.take(dev);

        refused("yours are taken", dev);
        Places.Place third = places.take(lead);
        refused("full", lead);
        refused("full", other);
        second.close();
        Places.Place fourth = places.take(other);
        refused("full", dev);
        first.close();
        third.close();
        fourth.close();

        places.take(dev).close();
        assertThat(places.take(dev)).isNotNull();
        assertThat(places.take(dev)).as("refusals took nothing away").isNotNull();
        refused("yours are taken", dev);
    }

    private void refused(String why, PersonId person) {
        assertThatThrownBy(() -> places.take(person))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }
}
