package dev.sallyport.gateway.ssh;

/**
 * Reads along on a channel, never in anybody's way: what it does not understand it ignores for good. The two directions
 * come from two threads.
 */
interface ChannelWatch {
    void fromClient(byte[] bytes, int offset, int length);

    void fromTarget(byte[] bytes, int offset, int length);

    /** Nothing follows. */
    void end();
}
