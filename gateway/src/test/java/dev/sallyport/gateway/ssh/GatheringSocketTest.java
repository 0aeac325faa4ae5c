package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatheringSocketTest {
    private static final int MANY = 3000;

    private final CompletableFuture<IoSession> accepted = new CompletableFuture<>();
    private IoServiceFactory sockets;
    private Socket other;
    private IoSession socket;

    @BeforeEach
    void connect() throws Exception {
        SshSecurity.prepare();
        sockets = Sockets.factory().create(SshServer.setUpDefaultServer());
        IoAcceptor acceptor = sockets.createAcceptor(new Accepting());
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var address =
                (InetSocketAddress) acceptor.getBoundAddresses().iterator().next();
        other = new Socket(address.getAddress(), address.getPort());
        socket = accepted.get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws IOException {
        other.close();
        sockets.close(true);
    }

    @Test
    void whatIsWrittenComesWholeAndInItsOrderHoweverLateItIsRead() throws Exception {
        List<byte[]> packets = packets();

        List<IoWriteFuture> writes = write(packets);
        boolean held = writes.stream().anyMatch(write -> !write.isDone());
        byte[] read = other.getInputStream().readNBytes(size(packets));

        assertThat(socket).isInstanceOf(GatheringSocket.class);
        assertThat(held).isTrue();
        assertThat(read).isEqualTo(joined(packets));
        for (IoWriteFuture write : writes) {
            assertThat(write.verify(10_000).isWritten()).isTrue();
        }
    }

    @Test
    void closingSendsWhatWasWrittenBefore() throws Exception {
        List<byte[]> packets = packets();

        List<IoWriteFuture> _ = write(packets);
        var _ = socket.close(false);

        assertThat(other.getInputStream().readAllBytes()).isEqualTo(joined(packets));
    }

    @Test
    void whatWaitsWhenTheConnectionIsCutIsNotTakenForWritten() throws Exception {
        List<IoWriteFuture> writes = write(packets());

        var _ = socket.close(true);

        IoWriteFuture last = writes.getLast();
        assertThat(last.await(10_000)).isTrue();
        assertThat(last.isWritten()).isFalse();
        assertThat(last.getException()).isInstanceOf(IOException.class);
    }

    /** More than any socket takes, small ones and large ones. */
    private static List<byte[]> packets() {
        var random = new Random(7);
        var all = new ArrayList<byte[]>();
        for (int i = 0; i < MANY; i++) {
            var packet = new byte[i % 5 == 0 ? 32_000 : 1 + random.nextInt(9_000)];
            random.nextBytes(packet);
            all.add(packet);
        }
        return all;
    }

    private List<IoWriteFuture> write(List<byte[]> packets) throws IOException {
        var all = new ArrayList<IoWriteFuture>();
        for (byte[] packet : packets) {
            all.add(socket.writeBuffer(new ByteArrayBuffer(packet)));
        }
        return all;
    }

    private static int size(List<byte[]> packets) {
        return packets.stream().mapToInt(packet -> packet.length).sum();
    }

    private static byte[] joined(List<byte[]> packets) {
        var all = new byte[size(packets)];
        int at = 0;
        for (byte[] packet : packets) {
            System.arraycopy(packet, 0, all, at, packet.length);
            at += packet.length;
        }
        return all;
    }

    private final class Accepting implements IoHandler {
        @Override
        public void sessionCreated(IoSession session) {
            accepted.complete(session);
        }

        @Override
        public void sessionClosed(IoSession session) {}

        @Override
        public void exceptionCaught(IoSession session, Throwable cause) {}

        @Override
        public void messageReceived(IoSession session, Readable message) {}
    }
}
