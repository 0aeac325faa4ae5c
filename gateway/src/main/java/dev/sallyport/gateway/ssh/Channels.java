package dev.sallyport.gateway.ssh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The channels of one connection, by the number of either end. */
final class Channels {
    /** The most channels open at once on one connection. */
    static final int MAX = 128;

    private final Map<Long, RelayedChannel> byClient = new HashMap<>();
    private final Map<Long, RelayedChannel> byTarget = new HashMap<>();
    private int last;

    /** A channel that the client opens; nothing if there are too many. */
    synchronized @Nullable RelayedChannel openedByClient(String type, long clientId, long window, long packet) {
        if (byClient.containsKey(clientId)) {
            throw new ProtocolViolation("the client opens channel " + clientId + " twice");
        }
        if (byClient.size() + byTarget.size() >= 2 * MAX) {
            return null;
        }
        var channel = new RelayedChannel(++last, type, true, clientId, -1);
        channel.clientTakes(window, packet);
        byClient.put(clientId, channel);
        return channel;
    }

    synchronized @Nullable RelayedChannel openedByTarget(String type, long targetId) {
        if (byTarget.containsKey(targetId)) {
            throw new ProtocolViolation("the target opens channel " + targetId + " twice");
        }
        if (byClient.size() + byTarget.size() >= 2 * MAX) {
            return null;
        }
        var channel = new RelayedChannel(++last, type, false, -1, targetId);
        byTarget.put(targetId, channel);
        return channel;
    }

    /** The target has accepted what the client opened. */
    synchronized RelayedChannel confirmedByTarget(long clientId, long targetId) {
        RelayedChannel channel = ofClient(clientId);
        if (!channel.fromClient || channel.targetId >= 0 || byTarget.containsKey(targetId)) {
            throw new ProtocolViolation("the target confirms channel " + clientId + " out of turn");
        }
        channel.targetId = targetId;
        byTarget.put(targetId, channel);
        return channel;
    }

    /** The client has accepted what the target opened. */
    synchronized RelayedChannel confirmedByClient(long targetId, long clientId, long window, long packet) {
        RelayedChannel channel = ofTarget(targetId);
        if (channel.fromClient || channel.clientId >= 0 || byClient.containsKey(clientId)) {
            throw new ProtocolViolation("the client confirms channel " + targetId + " out of turn");
        }
        channel.clientTakes(window, packet);
        channel.clientId = clientId;
        byClient.put(clientId, channel);
        return channel;
    }

    /** The channel that the client calls so. */
    synchronized RelayedChannel ofClient(long clientId) {
        RelayedChannel channel = byClient.get(clientId);
        if (channel == null) {
            throw new ProtocolViolation("the target names channel " + clientId + ", which is not open");
        }
        return channel;
    }

    /** The channel that the target calls so. */
    synchronized RelayedChannel ofTarget(long targetId) {
        RelayedChannel channel = byTarget.get(targetId);
        if (channel == null) {
            throw new ProtocolViolation("the client names channel " + targetId + ", which is not open");
        }
        return channel;
    }

    /** Whether it was still there. */
    synchronized boolean remove(RelayedChannel channel) {
        boolean client = byClient.remove(channel.clientId, channel);
        boolean target = byTarget.remove(channel.targetId, channel);
        return client || target;
    }

    synchronized List<RelayedChannel> all() {
        var all = new ArrayList<>(byClient.values());
        byTarget.values().stream().filter(channel -> channel.clientId < 0).forEach(all::add);
        return all;
    }
}
