package dev.sallyport.server.notification;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Closes connections that take too long, however busy the other side keeps them. */
final class Deadlines implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("notification-deadlines").daemon().factory());

    /** Closes the socket after that time, unless it is cancelled. */
    Future<?> close(Socket socket, Duration after) {
        return timer.schedule(
                () -> {
                    try {
                        socket.close();
                    } catch (IOException _) {
                        // it is closed
                    }
                },
                after.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
