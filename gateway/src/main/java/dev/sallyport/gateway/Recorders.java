package dev.sallyport.gateway;

import dev.sallyport.base.SessionId;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.Report;
import java.util.function.Consumer;

/** Begins recordings. */
public interface Recorders {
    /**
     * The recorder of a session, as its terms want it.
     *
     * @param reports where the recorder tells how far it is, of gaps, and where the recording is in the end
     * @param broken called when recording fails between two calls, as when the disk is found to be full; the session ends
     */
    SessionRecorder begin(
            SessionId session, Permit permit, Opened opened, Consumer<Report.What> reports, Consumer<String> broken)
            throws RecordingFailed;
}
