package dev.sallyport.grant;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.testkit.ChildJvm;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** A server in a process of its own that issues one certificate for a proof; it may be killed while it does. */
@NullMarked
final class IssuingServer {
    private static final String PASSWORD = "SALLYPORT_TEST_PASSWORD";

    private IssuingServer() {}

    /** Dies where it reaches the point. */
    static ChildProcess.Spec on(World world, String crashPoint, PersonId person, String target, String proof) {
        TestDatabase there = world.testDatabase();
        return ChildJvm.of(IssuingServer.class)
                .crashAt(crashPoint, 1)
                .run(
                        there.jdbcUrl(),
                        there.app().user(),
                        there.owner().user(),
                        world.rootKey().toString(),
                        world.offset().toString(),
                        person.value(),
                        target,
                        proof)
                .env(PASSWORD, there.app().password().reveal());
    }

    static void main(String[] args) {
        var app = new TestDatabase.Login(args[1], Secret.of(String.valueOf(System.getenv(PASSWORD))));
        // it makes no tables, so the owner does not sign in
        var owner = new TestDatabase.Login(args[2], Secret.of("none"));
        var world = new World(
                new TestDatabase("", args[0], "", owner, owner, app), Path.of(args[3]), Duration.parse(args[4]));
        var person = new PersonId(args[5]);
        var proof =
                new SeenProofs(world.database).unspent("key", args[7], () -> new IllegalStateException("used before"));
        world.ssh.certify(
                world.actor(person),
                person,
                new SshAccess.Ask(
                        args[6], Optional.empty(), SshKeys.generateEd25519(null).publicKey(), Optional.empty()),
                proof);
        world.connections.close();
    }
}
