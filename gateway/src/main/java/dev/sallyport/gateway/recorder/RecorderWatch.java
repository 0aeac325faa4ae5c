package dev.sallyport.gateway.recorder;

import dev.sallyport.base.Refusal;

/** Hears of a recorder that fails, on whatever thread noticed; ends the session or raises the alarm. */
@FunctionalInterface
public interface RecorderWatch {
    /** Once for each recorder in strict mode; in best effort once for each gap that opens. */
    void failed(String session, RecordingMode mode, Refusal why);
}
