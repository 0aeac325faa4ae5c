package dev.sallyport.server;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.identity.People;
import dev.sallyport.identity.SetUp;
import java.util.Map;

/** Persons for tests. */
final class TestPeople {
    private TestPeople() {}

    static PersonId firstRun(RunningServer server, String name, String password) {
        SetUp setUp = server.feature(SetUp.class);
        return setUp.complete(setUp.newLink().orElseThrow(), name, "First " + name, Secret.of(password), "127.0.0.1");
    }

    static PersonId make(RunningServer server, String name, String password) {
        People people = server.feature(People.class);
        var hash = people.hash(Secret.of(password));
        return server.feature(Database.class).change(Actor.system("test"), tx -> {
            PersonId id = people.create(tx, name, "Person " + name, null, Map.of(), "test");
            people.setPassword(tx, id, hash);
            return id;
        });
    }
}
