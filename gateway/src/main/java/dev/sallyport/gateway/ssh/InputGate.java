package dev.sallyport.gateway.ssh;

import java.io.IOException;

/** Sees what is typed before the target does, and may change it in place: the length stays, so the window does too. */
interface InputGate {
    void input(RelayedChannel channel, byte[] bytes, int offset, int length) throws IOException, InterruptedException;
}
