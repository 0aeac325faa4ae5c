package dev.sallyport.server.terminal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a terminal is shown. All of it is called from one thread at a time. */
public interface View {
    /**
     * Output begins here: 0 is the first byte that the shell wrote.
     *
     * @param upto what comes before this place was shown before, maybe to somebody who answered what it asked
     */
    void begins(long place, long upto) throws IOException;

    /** The shell is there. */
    void open() throws IOException;

    void output(ByteBuffer bytes) throws IOException;

    /** Nothing has happened; who hears nothing for long knows that the connection is gone. */
    void alive() throws IOException;

    /** It is over: why, in a sentence. */
    void ended(String sentence) throws IOException;

    /** Nothing more is shown here; for good, if it is shown somewhere else now. */
    void close(boolean elsewhere);
}
