package dev.sallyport.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends back what it gets. */
record EchoServer(ServerSocket listener) implements AutoCloseable {
    static EchoServer start() throws IOException {
        var server = new EchoServer(new ServerSocket(0, 50, FreePort.LOOPBACK));
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> echo(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // the test cut it
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
