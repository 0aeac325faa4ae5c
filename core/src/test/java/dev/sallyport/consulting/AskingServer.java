package dev.sallyport.consulting;

import dev.sallyport.World;
import dev.sallyport.base.Secret;
import dev.sallyport.request.ServiceWords;
import dev.sallyport.testkit.ChildJvm;
import dev.sallyport.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.NullMarked;

/** A server in a process of its own that asks decision services once, whose desk approves; it may be killed while it does. */
@NullMarked
final class AskingServer {
    private static final String PASSWORD = "SALLYPORT_TEST_PASSWORD";

    private AskingServer() {}

    /** Dies where it reaches the point. */
    static dev.sallyport.testkit.ChildProcess.Spec on(World world, String crashPoint) {
        TestDatabase there = world.testDatabase();
        return ChildJvm.of(AskingServer.class)
                .crashAt(crashPoint, 1)
                .run(
                        there.jdbcUrl(),
                        there.app().user(),
                        there.owner().user(),
                        world.rootKey().toString(),
                        world.offset().toString())
                .env(PASSWORD, there.app().password().reveal());
    }

    static void main(String[] args) {
        var app = new TestDatabase.Login(args[1], Secret.of(String.valueOf(System.getenv(PASSWORD))));
        // it makes no tables, so the owner does not sign in
        var owner = new TestDatabase.Login(args[2], Secret.of("none"));
        var world = new World(
                new TestDatabase("", args[0], "", owner, owner, app), Path.of(args[3]), Duration.parse(args[4]));
        var desk = new Desk();
        desk.behaviour = (question, body) -> {
            System.out.println("asked " + question.get("nonce") + " "
                    + new String(body, java.nio.charset.StandardCharsets.UTF_8).hashCode());
            return Desk.says("approve", question, body);
        };
        var words = new ServiceWords(
                world.database, world.audit, world.requests, world.approving, world.grants, world.reviews);
        int asked = new DecisionServices(world.database, world.audit, world.vault, words, desk, Runnable::run).ask();
        System.out.println("done " + asked);
        world.connections.close();
    }
}
