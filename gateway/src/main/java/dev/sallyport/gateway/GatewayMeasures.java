package dev.sallyport.gateway;

import java.time.Duration;

/** What a gateway counts; the server's metrics read it. Labels are few and fixed. */
public interface GatewayMeasures {
    void sessionOpened();

    void sessionClosed(String reason);

    /** A log-in was refused; the code is that of the refusal or of the control plane's answer. */
    void refused(String code);

    /** From when the feed's entry was made to when nothing passed any more. */
    void cut(Duration latency);

    /** How long a log-in waited for its turn, and how long it took from there to the target. */
    void setUp(Duration waited, Duration took);

    /** How old the newest answer of the feed is. */
    void feedAge(Duration age);

    void journal(int waiting);

    GatewayMeasures NONE = new GatewayMeasures() {
        @Override
        public void sessionOpened() {}

        @Override
        public void sessionClosed(String reason) {}

        @Override
        public void refused(String code) {}

        @Override
        public void cut(Duration latency) {}

        @Override
        public void setUp(Duration waited, Duration took) {}

        @Override
        public void feedAge(Duration age) {}

        @Override
        public void journal(int waiting) {}
    };
}
