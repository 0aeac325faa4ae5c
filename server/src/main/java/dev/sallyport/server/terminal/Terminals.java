package dev.sallyport.server.terminal;

import dev.sallyport.base.Ids;
import dev.sallyport.base.Refusal;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.feed.FeedKind;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.gateway.ssh.BrowserClient;
import dev.sallyport.gateway.ssh.BrowserConnection;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.server.Caller;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.session.GatewayCertificates;
import dev.sallyport.session.Ways;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.springframework.context.SmartLifecycle;

/**
 * The terminals that browsers have open at this server. Each belongs to one sign-in of one browser and ends with it. What
 * may be done there is judged by the gateway, as for any client: the server shows it a certificate of the person, for a
 * key that never leaves its memory.
 */
public final class Terminals implements SmartLifecycle {
    /** Terminals of one server. */
    public static final int MOST = 500;

    /** Terminals of one person. */
    public static final int PER_PERSON = 10;

    /** How long a terminal lives on that nobody looks at: a network that was away, a page that is loaded again. */
    public static final Duration RECONNECT_WITHIN = Duration.ofMinutes(1);

    /** Without news of who has signed out for so long, nobody's terminal goes on. */
    static final Duration DEAF_FOR = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(500);

    private final GatewayCertificates certificates;
    private final Optional<Ways.Way> here;
    private final BrowserClient client;
    private final FeedFollower feed;
    private final Clock clock;
    private final Map<String, Terminal> terminals = new ConcurrentHashMap<>();
    private volatile boolean running;

    public Terminals(GatewayCertificates certificates, ServerConfig config, FeedFollower feed) {
        this.certificates = certificates;
        this.here = config.gateway().way();
        this.clock = Clock.systemUTC();
        this.client = new BrowserClient(clock);
        this.feed = feed;
        feed.listen(this::hear);
    }

    /**
     * A terminal to be looked at; until then nothing is connected.
     *
     * @throws Refusal {@code terminal.too-many}
     */
    public synchronized Terminal open(Caller caller, Destination destination) {
        if (!running) {
            throw TerminalRefusal.STOPPING.because("this server is being stopped", "try again in a moment");
        }
        String person = caller.personId().value();
        terminals
                .values()
                .removeIf(terminal -> terminal.hasEnded() && !terminal.unseen().isZero());
        long mine = terminals.values().stream()
                .filter(terminal -> terminal.holder().person().equals(person))
                .count();
        if (mine >= PER_PERSON || terminals.size() >= MOST) {
            throw TerminalRefusal.TOO_MANY.because(
                    "there are too many terminals in browsers (terminals: " + MOST + ", terminals_per_person: "
                            + PER_PERSON + ")",
                    "end one, or use your own: sallyport ssh " + destination.login() + "@" + destination.target());
        }
        var terminal = new Terminal(
                Ids.next("trm_"),
                new Terminal.Holder(person, caller.sessionId(), caller.sessionExpiresAt()),
                destination);
        terminals.put(terminal.id(), terminal);
        return terminal;
    }

    /**
     * One's own, opened by this browser; others' do not exist.
     *
     * @throws Refusal {@code terminal.unknown}
     */
    public Terminal find(Caller caller, String id) {
        return Optional.ofNullable(terminals.get(id))
                .filter(terminal -> isOf(caller, terminal))
                .orElseThrow(() -> TerminalRefusal.UNKNOWN.because(
                        "there is no such terminal at this server any more",
                        "open a new one at the access that you hold"));
    }

    private static boolean isOf(Caller caller, Terminal terminal) {
        return terminal.holder().signIn().equals(caller.sessionId())
                && terminal.holder().person().equals(caller.personId().value());
    }

    void attach(Caller caller, Terminal terminal, View view, int columns, int rows, long from) {
        terminal.attach(view, columns, rows, from, () -> connect(caller, terminal.destination()));
    }

    public void end(Terminal terminal) {
        terminal.end("You have ended it.");
    }

    private BrowserConnection connect(Caller caller, Destination to) {
        SshKeyPair key = SshKeys.generateEd25519(null);
        GatewayCertificates.IssuedFor held = certificates
                .issueFor(
                        caller.actor(),
                        caller.personId(),
                        new GatewayCertificates.Ask(
                                to.target(),
                                Optional.of(to.login()),
                                Optional.of(to.grant()),
                                key.publicKey(),
                                here,
                                Optional.of(caller.sourceAddress())),
                        UnspentProof.none())
                .orElseThrow(() -> TerminalRefusal.DIRECT_ONLY.because(
                        "this access is over, or does not go through a gateway",
                        "sallyport ssh " + to.login() + "@" + to.target()));
        @org.jspecify.annotations.Nullable Refusal away = null;
        for (Ways.Way way : held.ways()) {
            try {
                return connect(way, held, key);
            } catch (Refusal refusal) {
                if (!refusal.code().equals(BrowserClient.AWAY)) {
                    throw refusal;
                }
                away = refusal;
            }
        }
        throw java.util.Objects.requireNonNull(away);
    }

    private BrowserConnection connect(Ways.Way way, GatewayCertificates.IssuedFor held, SshKeyPair key) {
        return client.connect(
                new BrowserClient.Way(
                        way.address(),
                        way.port(),
                        SshCertificates.GATEWAY_ALIAS,
                        held.login() + "@" + held.grant().targetName(),
                        held.knownHosts()),
                key,
                held.certificate().certificate());
    }

    // What ends them
    // ----------------------------------------------------------------------------------------------------------

    private void hear(Feed.Entry entry) {
        if (entry.kind() == FeedKind.SESSION_ENDED) {
            endAll("You were signed out.", holder -> holder.signIn().equals(entry.subject()));
        } else if (entry.kind() == FeedKind.EPOCH) {
            String person = entry.person();
            endAll("You were signed out.", holder -> holder.person().equals(person));
        }
    }

    private void endAll(String why, Predicate<Terminal.Holder> whose) {
        terminals.values().stream()
                .filter(terminal -> whose.test(terminal.holder()))
                .forEach(terminal -> Thread.ofVirtual().start(() -> terminal.end(why)));
    }

    private void look() {
        while (running) {
            Instant now = clock.instant();
            if (feed.staleness().compareTo(DEAF_FOR) > 0) {
                endAll("This server does not hear any more who has signed out; it has lost its database.", _ -> true);
            }
            terminals.values().removeIf(terminal -> isForgotten(terminal, now));
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private static boolean isForgotten(Terminal terminal, Instant now) {
        if (now.isAfter(terminal.holder().until())) {
            terminal.end("Your sign-in has reached its full length.");
        }
        if (terminal.unseen().compareTo(RECONNECT_WITHIN) <= 0) {
            return false;
        }
        terminal.end("Nobody has looked at it for " + RECONNECT_WITHIN.toSeconds() + " seconds.");
        return true;
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("terminals").start(this::look);
    }

    @Override
    public void stop() {
        running = false;
        terminals.values().forEach(terminal -> terminal.end("The server is being stopped."));
        client.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the gateway and the listener go. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1;
    }
}
