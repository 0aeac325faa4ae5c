package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpRelayTest {
    private EchoServer server;
    private TcpRelay relay;

    @BeforeEach
    void start() throws IOException {
        server = EchoServer.start();
        relay = TcpRelay.to(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        relay.close();
        server.close();
    }

    @Test
    void everythingPassesAndTheEndOfInputToo() throws Exception {
        var sent = new byte[3 << 20];
        new Random(7).nextBytes(sent);
        try (Socket socket = connect()) {
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });

            assertThat(Arrays.equals(socket.getInputStream().readAllBytes(), sent))
                    .isTrue();
            writer.join();
        }
        assertThat(relay.accepted()).isEqualTo(1);
        Await.until("the connection's end", Duration.ofSeconds(10), () -> relay.open() == 0);
    }

    @Test
    void aCutResetsOpenConnectionsAndWelcomesNewOnes() throws Exception {
        try (Socket socket = connect()) {
            assertThat(echo(socket, 1)).isEqualTo(1);

            relay.cut();

            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        try (Socket socket = connect()) {
            assertThat(echo(socket, 2)).isEqualTo(2);
        }
        assertThat(relay.accepted()).isEqualTo(2);
    }

    @Test
    void refusedConnectionsDoNotOpenUntilItIsRestored() throws Exception {
        try (Socket open = connect()) {
            assertThat(echo(open, 1)).isEqualTo(1);

            relay.refuse();

            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThat(echo(open, 2)).isEqualTo(2);
            relay.restore();
            try (Socket again = connect()) {
                assertThat(echo(again, 3)).isEqualTo(3);
            }
        }
    }

    @Test
    void aStallHoldsEverythingUntilItIsRestored() throws Exception {
        try (Socket before = connect()) {
            assertThat(echo(before, 1)).isEqualTo(1);

            relay.stall();

            try (Socket during = connect()) {
                for (Socket socket : new Socket[] {before, during}) {
                    socket.setSoTimeout(200);
                    assertThatThrownBy(() -> echo(socket, 2)).isInstanceOf(SocketTimeoutException.class);
                    socket.setSoTimeout(20_000);
                }
                relay.restore();
                assertThat(before.getInputStream().read()).isEqualTo(2);
                assertThat(during.getInputStream().read()).isEqualTo(2);
            }
        }
    }

    @Test
    void aStalledConnectionCanBeCut() throws Exception {
        relay.stall();
        try (Socket socket = connect()) {
            Await.until("the connection", Duration.ofSeconds(10), () -> relay.open() == 1);

            relay.cut();

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aDelayHoldsBytesAsLongAsItSaysEachWay() throws Exception {
        relay.delay(Duration.ofMillis(60));
        try (Socket socket = connect()) {
            long start = System.nanoTime();

            assertThat(echo(socket, 1)).isEqualTo(1);

            // never earlier; how much later depends on the machine
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(120));
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(FreePort.LOOPBACK, relay.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static int echo(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        return socket.getInputStream().read();
    }
}
