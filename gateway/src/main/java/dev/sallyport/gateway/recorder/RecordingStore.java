package dev.sallyport.gateway.recorder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where closed recordings are kept. What was put is never changed or replaced. */
public interface RecordingStore {
    Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    /**
     * Stores the file under the name: whole, or not at all.
     *
     * @throws dev.sallyport.base.Refusal {@code recorder.already-stored} if the name is taken, whatever is stored there;
     *     {@code recorder.store-refuses} if the store does not let us
     */
    void put(String name, Path file) throws IOException;

    /**
     * What is stored.
     *
     * @throws dev.sallyport.base.Refusal {@code recorder.not-stored} if there is nothing of this name
     */
    InputStream open(String name) throws IOException;

    boolean has(String name) throws IOException;

    static String check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name: " + name + " (expected: " + NAME + ")");
        }
        return name;
    }
}
