package dev.sallyport.gateway;

import dev.sallyport.base.SessionId;
import dev.sallyport.spi.gateway.Report;

/** Takes what is to be told to the control plane; never waits for it. */
@FunctionalInterface
public interface Reporter {
    void report(SessionId session, Report.What what);

    /** A session is about to be begun: unless its end is reported, the next run of this gateway reports it. */
    default void begin(SessionId session) {}

    /** It was not begun after all, and the control plane knows nothing of it. */
    default void notBegun(SessionId session) {}
}
