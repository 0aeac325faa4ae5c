package dev.sallyport.gateway.ssh;

import dev.sallyport.gateway.SessionRecorder.Track;
import org.jspecify.annotations.Nullable;

/**
 * One channel between the two ends. Both keep the numbers they chose, so what names a channel need not be rewritten, and
 * each grants the other its own window: how much may be on its way is settled between them.
 */
final class RelayedChannel {
    private static final long WINDOW_MAX = 0xffffffffL;

    /** In recordings and reports; counts from 1. */
    final int number;

    final String type;
    final boolean fromClient;

    /** Answers to the client's requests. */
    final Replies replies = new Replies();

    /** Set by the end that has not chosen it yet, before anything else can name the channel. */
    volatile long clientId;

    volatile long targetId;

    // only touched while a message of the client is handled
    boolean terminal;
    boolean started;
    int columns;
    int rows;
    String term = "";
    String command = "";

    volatile @Nullable Track track;
    volatile @Nullable ChannelWatch watch;
    volatile @Nullable Integer exitStatus;
    volatile @Nullable InputGate gate;
    volatile boolean showsText;

    /** Guarded by the supervision of its session. */
    final RecentOutput recent = new RecentOutput();

    /** Both ends were sent a close by us, so nothing of either is passed on. */
    volatile boolean cutHere;

    private volatile boolean clientClosed;
    private volatile boolean targetClosed;

    private long clientWindow;
    private long clientPacket;
    private long debt;
    private long kept;

    RelayedChannel(int number, String type, boolean fromClient, long clientId, long targetId) {
        this.number = number;
        this.type = type;
        this.fromClient = fromClient;
        this.clientId = clientId;
        this.targetId = targetId;
    }

    synchronized void clientTakes(long window, long packet) {
        clientWindow = window;
        clientPacket = packet;
    }

    /** Data of the target goes to the client; waits where something of ours has taken the room. */
    synchronized void toClient(long bytes) throws InterruptedException {
        clientWindow += kept;
        kept = 0;
        while (clientWindow < bytes && debt > 0 && !clientClosed) {
            wait();
        }
        clientWindow -= bytes;
        if (clientWindow < 0 && !clientClosed) {
            throw new ProtocolViolation("the target sends more than the client's window");
        }
    }

    /** The client takes more; returns how much of it the target may hear of, as some is owed for what we put in. */
    synchronized long adjust(long bytes) {
        clientWindow = Math.min(WINDOW_MAX, clientWindow + bytes);
        long paid = Math.min(debt, bytes);
        debt -= paid;
        notifyAll();
        return bytes - paid;
    }

    /** Takes room for something of ours, all or nothing; the target does not know, so half of the room is left to it. */
    synchronized boolean borrow(int bytes) {
        if (bytes > clientPacket || bytes > clientWindow / 2) {
            return false;
        }
        clientWindow -= bytes;
        debt += bytes;
        return true;
    }

    /** Keeps room for the next data of the target, if nothing of ours stands in the way; it need not wait then. */
    synchronized boolean takeRoom(int bytes) {
        if (debt > 0 || clientWindow < bytes) {
            return false;
        }
        clientWindow -= bytes;
        kept = bytes;
        return true;
    }

    synchronized void closedByClient() {
        clientClosed = true;
        notifyAll();
    }

    void closedByTarget() {
        targetClosed = true;
    }

    boolean isClosed() {
        return clientClosed && targetClosed;
    }

    boolean isClosing() {
        return clientClosed || targetClosed;
    }
}
