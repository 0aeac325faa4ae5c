package dev.sallyport.gateway;

import dev.sallyport.base.SessionId;
import dev.sallyport.spi.gateway.Report;

/** Takes what is to be told to the control plane; never waits for it. */
@FunctionalInterface
public interface Reporter {
    void report(SessionId session, Report.What what);
}
