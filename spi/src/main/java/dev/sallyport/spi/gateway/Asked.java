package dev.sallyport.spi.gateway;

import dev.sallyport.base.RequestId;

/** A request that was made in the terminal; whether it is granted is found by authorizing again. */
public record Asked(RequestId request, State state, String sentence) {
    /** How far it is. */
    public enum State {
        GRANTED,
        WAITING,
        DENIED
    }
}
