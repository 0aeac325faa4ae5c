package dev.sallyport.gateway.ssh;

import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.spi.gateway.SessionTerms.Recording;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes the messages of the connection protocol between client and target: each direction in its order, seen and recorded
 * before it goes on. A thread of its own does it, but for a keystroke and its echo: where nothing waits, whoever read them
 * from the socket passes them on. Everything that is not known to be harmless is refused here.
 */
final class Relay {
    private static final Logger LOG = Logger.getLogger(Relay.class.getName());

    /** Larger ones come in bulk; where they are recorded, another thread does that than the one that decrypts them. */
    private static final int SMALL = 2048;

    /** How many reading threads may handle something themselves: a disk that hangs must leave others for everybody else. */
    private static final Semaphore AT_ONCE = new Semaphore(Sockets.THREADS / 2);

    /** How often a session that is held looks for questions. */
    private static final Duration LOOK_ASIDE = Duration.ofMillis(200);

    final RelayContext context;
    final Channels channels = new Channels();

    /** Answers to the client's global requests. */
    final Replies globals = new Replies();

    private final boolean recorded;
    private final RelayService client;
    private final RelayService target;
    private final Map<String, Boolean> told = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** Held while a message of this direction is handled. */
    private final ReentrantLock clientTurn = new ReentrantLock();

    private final ReentrantLock targetTurn = new ReentrantLock();

    Relay(RelayContext context, RelayService client, RelayService target) {
        this.context = context;
        this.recorded = context.terms().recording() != Recording.OFF;
        this.client = client;
        this.target = target;
    }

    void start() {
        var fromClient = new FromClient(this, client.inbox());
        var fromTarget = new FromTarget(this, target.inbox());
        client.atOnce(packet -> atOnce(client, packet, fromClient));
        target.atOnce(packet -> atOnce(target, packet, fromTarget));
        Thread.ofVirtual().name("relay-client").start(() -> pump(client, fromClient));
        Thread.ofVirtual().name("relay-target").start(() -> pump(target, fromTarget));
    }

    /** Nothing passes any more from now on. */
    void stop() {
        if (stopped.compareAndSet(false, true)) {
            client.discard();
            target.discard();
            for (RelayedChannel channel : channels.all()) {
                ended(channel);
            }
        }
    }

    long buffered() {
        return client.buffered() + target.buffered();
    }

    /** Nothing more comes from the client. */
    void clientGone() {
        client.inbox().close();
    }

    boolean isStopped() {
        return stopped.get();
    }

    void toClient(Packet packet) throws IOException, InterruptedException {
        if (!stopped.get()) {
            client.outbox().send(packet);
        }
    }

    void toTarget(Packet packet) throws IOException, InterruptedException {
        if (!stopped.get()) {
            target.outbox().send(packet);
        }
    }

    void toClient(List<Packet> packets) throws IOException, InterruptedException {
        for (Packet packet : packets) {
            toClient(packet);
        }
    }

    /** A channel is gone at both ends, or the session is. */
    void ended(RelayedChannel channel) {
        if (!channels.remove(channel)) {
            return;
        }
        ChannelWatch watch = channel.watch;
        if (watch != null) {
            watch.end();
        }
        context.closed(channel);
        var track = channel.track;
        channel.track = null;
        if (track != null) {
            try {
                track.close(channel.exitStatus);
            } catch (RecordingFailed e) {
                context.end(EndReason.RECORDING, String.valueOf(e.getMessage()), recordingFailed(e));
            }
        }
    }

    /** Logs a thing once per session. */
    void note(String what) {
        if (told.size() < 64 && told.putIfAbsent(what, true) == null) {
            LOG.fine(() -> "session: " + what);
        }
    }

    static String recordingFailed(RecordingFailed failure) {
        return "This session must be recorded and cannot be: " + failure.getMessage();
    }

    /**
     * Waits while the session lets nothing pass. Questions whether anybody is there, and answers to questions, go on
     * meanwhile, so that neither end takes the other for dead; not where such a question is itself what waits.
     */
    void hold(Packet packet, Inbox inbox, Handler handler) throws IOException, InterruptedException, RecordingFailed {
        if (context.passes(Duration.ZERO)) {
            return;
        }
        inbox.hold(true);
        try {
            while (!context.passes(LOOK_ASIDE)) {
                if (!packet.isGlobal()) {
                    for (Packet question : inbox.aside()) {
                        handler.handle(question);
                    }
                }
            }
        } finally {
            inbox.hold(false);
        }
    }

    private void pump(RelayService from, Handler handler) {
        ReentrantLock turn = turn(from);
        try {
            while (from.inbox().waits()) {
                turn.lock();
                try {
                    Packet packet = from.inbox().poll();
                    if (packet == null) {
                        continue; // forgotten meanwhile
                    }
                    if (from == this.client ? packet.does() : packet.isData()) {
                        hold(packet, from.inbox(), handler);
                    }
                    if (stopped.get()) {
                        return;
                    }
                    handler.handle(packet);
                } finally {
                    turn.unlock();
                }
            }
            boolean client = from == this.client;
            context.end(
                    client ? EndReason.CLIENT : EndReason.TARGET,
                    "",
                    client ? "" : "The target has closed the connection.");
        } catch (RecordingFailed | IOException | InterruptedException | RuntimeException e) {
            failed(from, e);
        }
    }

    /**
     * Handles a message by the thread that read it, which saves a keystroke two changes of threads on its way and two on
     * the way back. Never where that thread would have to wait for somebody: it reads for other sessions too.
     *
     * @return false if it has to go the usual way
     */
    private boolean atOnce(RelayService from, Packet packet, Handler handler) {
        if (packet.size() > SMALL && recorded || !from.inbox().isEmpty()) {
            return false; // asked before the lock is touched, as whoever waits for that loses its thread
        }
        ReentrantLock turn = turn(from);
        if (!turn.tryLock()) {
            return false;
        }
        if (!AT_ONCE.tryAcquire()) {
            turn.unlock();
            return false;
        }
        try {
            RelayService to = from == client ? target : client;
            if (stopped.get()
                    || !from.inbox().isEmpty()
                    || !to.outbox().hasRoom()
                    || !context.passes(Duration.ZERO)
                    || !handler.needNotWait(packet)) {
                return false;
            }
            handler.handle(packet);
        } catch (RecordingFailed | IOException | InterruptedException | RuntimeException e) {
            Thread.ofVirtual().name("relay-failed").start(() -> failed(from, e));
        } finally {
            AT_ONCE.release();
            turn.unlock();
        }
        return true;
    }

    private ReentrantLock turn(RelayService from) {
        return from == client ? clientTurn : targetTurn;
    }

    private void failed(RelayService from, Exception failure) {
        switch (failure) {
            case RecordingFailed e ->
                context.end(EndReason.RECORDING, String.valueOf(e.getMessage()), recordingFailed(e));
            case ProtocolViolation e -> violated(e);
            case IndexOutOfBoundsException e -> violated(e);
            case IllegalArgumentException e -> violated(e);
            case IOException e -> {
                boolean client = from != this.client; // it is the other end that cannot be written to
                context.end(
                        client ? EndReason.CLIENT : EndReason.TARGET,
                        String.valueOf(e.getMessage()),
                        client ? "" : "The connection to the target is lost.");
            }
            case InterruptedException _ -> context.end(EndReason.FAULT, "interrupted", "The gateway is stopping.");
            default -> {
                if (failure instanceof RuntimeException e && isMalformed(e)) {
                    violated(e);
                } else {
                    LOG.log(Level.SEVERE, "a relay failed", failure);
                    context.end(EndReason.FAULT, String.valueOf(failure), "An internal error has ended this session.");
                }
            }
        }
    }

    private void violated(Exception e) {
        context.end(EndReason.PROTOCOL, String.valueOf(e.getMessage()), "The connection broke the protocol.");
    }

    /** What MINA's reader throws for lengths that cannot be. */
    private static boolean isMalformed(@Nullable RuntimeException failure) {
        return failure instanceof org.apache.sshd.common.util.buffer.BufferException;
    }

    /** What is done with a message. */
    interface Handler {
        void handle(Packet packet) throws IOException, InterruptedException, RecordingFailed;

        /**
         * Whether handling it waits for nobody but the recorder, as long as the other end can be written to. Asked last: what
         * it needs for that is kept for this message.
         */
        default boolean needNotWait(Packet packet) {
            return false;
        }
    }
}
