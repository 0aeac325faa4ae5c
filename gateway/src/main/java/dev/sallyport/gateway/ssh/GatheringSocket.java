package dev.sallyport.gateway.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2CompletionHandler;
import org.apache.sshd.common.io.nio2.Nio2DefaultIoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * A socket that whoever has a packet for it writes to, with all that waits in one write. MINA's own has another thread
 * wait until the socket can be written to before each packet, even when it can be all the time. Only where the other end
 * does not keep up does a thread wait here, and what comes meanwhile goes together when it is its turn.
 */
final class GatheringSocket extends Nio2Session {
    /** The most bytes in one write of several packets. */
    static final int MOST = 256 * 1024;

    /** Memory for such writes, of all sockets together; without, packets go one by one. */
    private static final Queue<ByteBuffer> ROOM = new ArrayBlockingQueue<>(8);

    static {
        while (ROOM.offer(ByteBuffer.allocateDirect(MOST))) {
            // until it is full
        }
    }

    /** What is as long as this may be the end of something whose sender waits to hear that it has arrived. */
    private static final int SHORT = 4 * 1024;

    private final boolean acknowledges;
    private final Queue<Nio2DefaultIoWriteFuture> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final Duration patience;
    private volatile @Nullable Nio2DefaultIoWriteFuture last;

    GatheringSocket(
            Nio2Service service,
            FactoryManager manager,
            IoHandler handler,
            AsynchronousSocketChannel socket,
            @Nullable SocketAddress acceptedAt)
            throws IOException {
        super(service, manager, handler, socket, acceptedAt);
        patience = CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.getRequired(manager);
        acknowledges = socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
    }

    /**
     * OpenSSH sets TCP_NODELAY only in a session with a terminal; else it sends a short packet only when the one before is
     * acknowledged, and a kernel takes up to 40 ms for that where there is no answer to send. So it is told to do it now.
     */
    @Override
    protected void handleReadCycleCompletion(
            ByteBuffer buffer,
            Readable reader,
            Nio2CompletionHandler<Integer, Object> handler,
            Integer result,
            Object attachment) {
        if (acknowledges && result > 0 && result < SHORT) {
            try {
                getSocket().setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
            } catch (IOException _) {
                // the kernel acknowledges when it likes
            }
        }
        super.handleReadCycleCompletion(buffer, reader, handler, result, attachment);
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) {
        var bytes = ByteBuffer.wrap(buffer.array(), buffer.rpos(), buffer.available());
        var packet = new Nio2DefaultIoWriteFuture(getRemoteAddress(), null, bytes);
        if (isClosing()) {
            var closed = new ClosedChannelException();
            packet.setException(closed);
            exceptionCaught(closed);
            return packet;
        }
        last = packet;
        waiting.add(packet);
        flush();
        return packet;
    }

    /** What was written before is sent first; packets go in their order, so the last one says when. */
    @Override
    protected CloseFuture doCloseGracefully() {
        return builder().when(last).run(toString(), this::endOutput).build().close(false);
    }

    private void endOutput() {
        try {
            getSocket().shutdownOutput();
        } catch (IOException _) {
            // it is closed already
        }
    }

    @Override
    protected void doCloseImmediately() {
        for (var packet = waiting.poll(); packet != null; packet = waiting.poll()) {
            packet.setException(new ClosedChannelException());
        }
        super.doCloseImmediately();
    }

    private void flush() {
        while (!waiting.isEmpty() && writing.compareAndSet(false, true)) {
            if (!writeWaiting()) {
                return; // somebody else goes on
            }
            writing.set(false);
        }
    }

    /** Writes what waits; false if that is left to a thread that waits for the socket. */
    private boolean writeWaiting() {
        for (Batch batch = next(); batch != null; batch = next()) {
            try {
                Future<Integer> pending = begin(batch);
                if (pending != null) {
                    var begun = batch;
                    Thread.ofVirtual().name("gateway-write").start(() -> goOn(begun, pending));
                    return false;
                }
                batch.written();
            } catch (IOException | RuntimeException e) {
                failed(batch, e);
            }
        }
        return true;
    }

    /** Writes as much as the socket takes now; what it will take later if that is not all. */
    private @Nullable Future<Integer> begin(Batch batch) throws IOException {
        while (batch.bytes().hasRemaining()) {
            Future<Integer> result = getSocket().write(batch.bytes());
            if (!result.isDone()) {
                return result;
            }
            check(result);
        }
        return null;
    }

    private void check(Future<Integer> done) throws IOException {
        try {
            long millis = patience.toMillis();
            int count = millis > 0 ? done.get(millis, TimeUnit.MILLISECONDS) : done.get();
            if (count < 0) {
                throw new EOFException();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        } catch (TimeoutException e) {
            throw new IOException("nothing could be written for " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void goOn(Batch batch, Future<Integer> pending) {
        try {
            @Nullable Future<Integer> rest = pending;
            while (rest != null) {
                check(rest);
                rest = begin(batch);
            }
            batch.written();
        } catch (IOException | RuntimeException e) {
            failed(batch, e);
        }
        if (writeWaiting()) {
            writing.set(false);
            flush();
        }
    }

    private void failed(Batch batch, Exception e) {
        batch.failed(e);
        exceptionCaught(e);
    }

    /** What is written next; nothing if nothing waits. */
    private @Nullable Batch next() {
        Nio2DefaultIoWriteFuture first = waiting.poll();
        if (first == null) {
            return null;
        }
        var second = waiting.peek();
        if (second == null || first.getBuffer().remaining() + second.getBuffer().remaining() > MOST) {
            return new Batch(List.of(first), first.getBuffer(), false);
        }
        ByteBuffer room = ROOM.poll();
        return room == null ? new Batch(List.of(first), first.getBuffer(), false) : gather(first, room.clear());
    }

    private Batch gather(Nio2DefaultIoWriteFuture first, ByteBuffer room) {
        var packets = new ArrayList<Nio2DefaultIoWriteFuture>();
        @Nullable Nio2DefaultIoWriteFuture packet = first;
        while (packet != null) {
            packets.add(packet);
            room.put(packet.getBuffer());
            var following = waiting.peek();
            packet = following != null && following.getBuffer().remaining() <= room.remaining() ? waiting.poll() : null;
        }
        return new Batch(packets, room.flip(), true);
    }

    /** Packets that go together. */
    private record Batch(List<Nio2DefaultIoWriteFuture> packets, ByteBuffer bytes, boolean borrowed) {
        void written() {
            if (borrowed) {
                boolean _ = ROOM.offer(bytes);
            }
            packets.forEach(Nio2DefaultIoWriteFuture::setWritten);
        }

        /** The socket may still have a hand on the memory. */
        void failed(Exception e) {
            if (borrowed) {
                boolean _ = ROOM.offer(ByteBuffer.allocateDirect(MOST));
            }
            packets.forEach(packet -> packet.setException(e));
        }
    }
}
