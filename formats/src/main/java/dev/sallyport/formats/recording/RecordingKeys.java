package dev.sallyport.formats.recording;

/** The private halves of recording keys, wherever they are kept. */
@FunctionalInterface
public interface RecordingKeys {
    /**
     * HPKE's open with the key that {@code sealed} names; the info is {@code sallyport recording 1}.
     *
     * @return the session's secret
     * @throws dev.sallyport.base.Refusal {@code recording.not-opened} if the key is not known or does not open it
     */
    byte[] open(RecordingKey.Sealed sealed, byte[] associated);
}
