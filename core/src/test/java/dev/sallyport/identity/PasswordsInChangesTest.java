package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Passwords are hashed before the change that stores them, and only for those who may. */
@NullMarked
class PasswordsInChangesTest {
    private static final Secret LONG = Secret.of("a long enough password");

    private final World world = new World();
    private final Sessions sessions = new Sessions(world.audit);
    private final Passwords passwords = new Passwords(64);
    private final People people =
            new People(world.audit, passwords, sessions, new Quarantine(world.audit, sessions, List.of(world.grants)));

    @AfterEach
    void close() {
        world.close();
    }

    private static void refused(String code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void aHashedPasswordIsStoredAndFits() {
        PasswordHash hash = people.hash(LONG);
        PersonId id = world.database.change(Actor.system("test"), tx -> {
            PersonId made = people.create(tx, "dev", "Dev", null, Map.of(), "test");
            people.setPassword(tx, made, hash);
            return made;
        });

        var stored = world.database.read(
                rx -> rx.one("select hash from password where person_id = ?", row -> row.getString(1), id));
        assertThat(passwords.verify(LONG, stored)).isTrue();
        refused("password.invalid", () -> people.hash(Secret.of("short")));
    }

    @Test
    void setUpWorksOnceAndTurnsStrangersAway() {
        var setUp = new SetUp(world.database, world.audit, people, (_, _) -> {});
        Secret link = setUp.newLink().orElseThrow();

        refused("setup.link-invalid", () -> setUp.complete(Secret.of("guessed"), "dev", "Dev", LONG, "127.0.0.1"));
        setUp.complete(link, "dev", "Dev", LONG, "127.0.0.1");

        refused("setup.already-done", () -> setUp.complete(link, "dev-2", "Dev", LONG, "127.0.0.1"));
    }
}
