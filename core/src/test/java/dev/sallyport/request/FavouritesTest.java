package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.Search;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** RQ8: favourites. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FavouritesTest {
    private final World world = new World();
    private final Favourites favourites = new Favourites(world.database, world.audit, world.requests);

    @BeforeAll
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("db-1", Map.of("tier", "data"));
        for (String role : new String[] {"read", "ops"}) {
            world.eligible(world.role(role, 0), "developers");
        }
        for (int i = 0; i < Favourites.MOST; i++) {
            world.target("many-" + i, Map.of("tier", "web"));
        }
    }

    @AfterAll
    void close() {
        world.close();
    }

    private List<String> of(PersonId person) {
        return favourites.list(person).stream()
                .map(offer -> offer.role().name() + " " + offer.target().name())
                .toList();
    }

    private void add(PersonId person, String role, String target) {
        favourites.add(world.actor(person), person, role, target);
    }

    private long events(PersonId person, String activity) {
        return world.database.read(
                rx -> rx.count("select count(*) from event where actor_person = ? and activity = ?", person, activity));
    }

    @Test
    void whatOneMayAskForCanBeOneAndIsOneUntilRemoved() {
        PersonId dev = world.person("dev", "developers");
        add(dev, "ops", "web-1");
        world.later(Duration.ofSeconds(1)); // those of one instant follow one another in any order
        add(dev, "read", "web-1");
        add(dev, "ops", "web-1");

        assertThat(of(dev)).containsExactly("ops web-1", "read web-1");
        assertThat(world.requests.offers(dev, Search.on(Optional.of("web-1")), 10))
                .allMatch(Requests.Offer::favourite);
        assertThat(events(dev, "favourite.added")).isEqualTo(2);

        favourites.remove(world.actor(dev), dev, "ops", "web-1");
        favourites.remove(world.actor(dev), dev, "ops", "web-1");

        assertThat(of(dev)).containsExactly("read web-1");
        assertThat(events(dev, "favourite.removed")).isEqualTo(1);
    }

    @Test
    void whatIsUnknownAndWhatOneMayNotAskForAreRefusedAlike() {
        PersonId dev = world.person("another", "developers");
        PersonId outsider = world.person("outsider");

        refused(dev, "read", "db-1");
        refused(dev, "read", "nowhere");
        refused(dev, "nothing", "web-1");
        refused(outsider, "read", "web-1");
    }

    private void refused(PersonId person, String role, String target) {
        assertThatThrownBy(() -> add(person, role, target))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("request.unknown-role-or-target"))
                .hasMessageContaining("no such role or target, or you may not ask for it");
    }

    @Test
    void whoLosesTheRightToAskSeesItNoLonger() {
        PersonId leaver = world.person("leaver", "developers");
        add(leaver, "read", "web-1");
        world.arrange(tx -> tx.update("delete from group_member where person_id = ?", leaver));

        assertThat(of(leaver)).isEmpty();
    }

    @Test
    void oneHasSoManyAndNoMore() {
        PersonId collector = world.person("collector", "developers");
        for (int i = 0; i < Favourites.MOST; i++) {
            add(collector, "read", "many-" + i);
        }

        assertThatThrownBy(() -> add(collector, "read", "web-1"))
                .hasMessageContaining("favourites_per_person: " + Favourites.MOST);
        assertThat(of(collector)).hasSize(Favourites.MOST);
    }
}
