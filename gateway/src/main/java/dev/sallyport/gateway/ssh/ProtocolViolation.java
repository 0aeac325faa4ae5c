package dev.sallyport.gateway.ssh;

/** An end does what the protocol does not allow; its session ends. */
final class ProtocolViolation extends RuntimeException {
    ProtocolViolation(String what) {
        super(what, null, false, false);
    }
}
