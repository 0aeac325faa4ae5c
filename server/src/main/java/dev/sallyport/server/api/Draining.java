package dev.sallyport.server.api;

import org.springframework.context.SmartLifecycle;

/** Tells calls that wait for news that the server is going away, before it stops listening: they answer at once. */
public final class Draining implements SmartLifecycle {
    private volatile boolean running;
    private volatile boolean begun;

    public boolean hasBegun() {
        return begun;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        begun = true;
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Last to start, first to stop. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
