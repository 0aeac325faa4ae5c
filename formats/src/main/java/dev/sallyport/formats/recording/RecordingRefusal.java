package dev.sallyport.formats.recording;

import dev.sallyport.base.Refusal;

/** Why bytes were not taken for a recording, or not for a whole and genuine one. */
public enum RecordingRefusal implements Refusal.Code {
    MALFORMED("recording.malformed"),
    DAMAGED("recording.damaged"),
    INCOMPLETE("recording.incomplete"),
    OTHER_VERSION("recording.other-version"),
    NOT_OPENED("recording.not-opened"),
    NOT_THE_ONE_ANNOUNCED("recording.not-the-one-announced");

    private final String code;

    RecordingRefusal(String code) {
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return Refusal.Kind.INVALID;
    }

    @Override
    public String code() {
        return code;
    }
}
