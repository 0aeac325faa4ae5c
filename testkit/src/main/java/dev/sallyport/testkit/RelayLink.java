package dev.sallyport.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One connection through a relay: each direction has a reader and a writer, and what is on its way between them. */
final class RelayLink {
    private static final int CHUNK = 16 << 10;
    private static final int ON_THE_WAY = 64;

    private record Chunk(ByteBuffer bytes, long due) {}

    private final Socket client;
    private final Socket server = new Socket();
    private final RelayGate gate;
    private final Consumer<RelayLink> atEnd;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger directions = new AtomicInteger(2);

    RelayLink(Socket client, RelayGate gate, Consumer<RelayLink> atEnd) {
        this.client = client;
        this.gate = gate;
        this.atEnd = atEnd;
    }

    void start(int target) {
        spawn(() -> {
            gate.pass(System.nanoTime(), ended::get);
            server.connect(new InetSocketAddress(FreePort.LOOPBACK, target));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            direct(client, server);
            direct(server, client);
        });
    }

    /** Ends both sides with a TCP reset. */
    void reset() {
        end(true);
    }

    private void direct(Socket from, Socket to) {
        var way = new ArrayBlockingQueue<Chunk>(ON_THE_WAY);
        spawn(() -> read(from, way));
        spawn(() -> write(way, to));
    }

    private void read(Socket from, BlockingQueue<Chunk> way) throws IOException, InterruptedException {
        var buffer = new byte[CHUNK];
        int read;
        do {
            read = from.getInputStream().read(buffer);
            var chunk = new Chunk(ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(read, 0))), gate.due());
            while (!way.offer(chunk, 1, TimeUnit.SECONDS)) {
                if (ended.get()) {
                    return;
                }
            }
        } while (read >= 0);
    }

    /** An empty chunk is the end of this direction. */
    private void write(BlockingQueue<Chunk> way, Socket to) throws IOException, InterruptedException {
        while (!ended.get()) {
            Chunk chunk = way.poll(1, TimeUnit.SECONDS);
            if (chunk == null) {
                continue;
            }
            gate.pass(chunk.due(), ended::get);
            if (ended.get()) {
                return;
            }
            if (!chunk.bytes().hasRemaining()) {
                to.shutdownOutput();
                if (directions.decrementAndGet() == 0) {
                    end(false);
                }
                return;
            }
            to.getOutputStream().write(chunk.bytes().array());
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void spawn(Work work) {
        Thread.ofVirtual().name("relay").start(() -> {
            try {
                work.run();
            } catch (IOException e) {
                end(true); // one side was reset, so the other one is
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end(true);
            }
        });
    }

    private void end(boolean hard) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        close(client, hard);
        close(server, hard);
        gate.wake();
        atEnd.accept(this);
    }

    private static void close(Socket socket, boolean hard) {
        try (socket) {
            if (hard && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // it is closed all the same
        }
    }
}
