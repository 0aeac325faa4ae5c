package dev.sallyport.gateway.ssh;

import java.util.List;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Data that came in packets right behind each other on one channel. It is recorded in one go and then passed on packet by
 * packet: what comes in bulk costs one write of the recorder and not one for each packet.
 *
 * @param bytes where the data of all packets is, one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // passes through once and is never compared
record DataRun(List<Packet> packets, byte[] bytes, int offset, int length) {
    /** The most bytes of packets in a run. */
    static final int MOST = 128 * 1024;

    /** The channel's number and the length come first. */
    static final int HEAD = 8;

    static DataRun of(List<Packet> packets) {
        int sum = 0;
        for (Packet packet : packets) {
            sum += length(packet);
        }
        if (packets.size() == 1) {
            return new DataRun(packets, packets.getFirst().body(), HEAD, sum);
        }
        var bytes = new byte[sum];
        int at = 0;
        for (Packet packet : packets) {
            int length = packet.body().length - HEAD;
            System.arraycopy(packet.body(), HEAD, bytes, at, length);
            at += length;
        }
        return new DataRun(packets, bytes, 0, sum);
    }

    /** How much data is in a packet that has nothing else. */
    static int length(Packet packet) {
        Buffer in = packet.read();
        in.getUInt();
        return length(in);
    }

    /** Reads the length of the data, which is the rest of the packet. */
    static int length(Buffer in) {
        long length = in.getUInt();
        if (length != in.available()) {
            throw new ProtocolViolation("data of " + length + " bytes in a packet that holds " + in.available());
        }
        return (int) length;
    }
}
