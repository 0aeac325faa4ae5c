package dev.sallyport.server.notification;

import dev.sallyport.consulting.Line;
import dev.sallyport.consulting.Unanswered;
import dev.sallyport.notification.Undelivered;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes questions to decision services, where and how notifications go to programs, and brings the answers. */
public final class QuestionLine implements Line, AutoCloseable {
    private static final String SIGNATURE = "sallyport-signature";

    private final Deadlines deadlines = new Deadlines();
    private final Posting posting;

    /** @param privateAddresses networks that are not of the public internet and may be connected to all the same */
    public QuestionLine(List<String> privateAddresses) {
        this.posting = new Posting(new Destinations(privateAddresses), deadlines, Posting.TIME);
    }

    @Override
    public Reply post(URI url, Optional<String> ca, Duration time, byte[] body, Map<String, String> headers)
            throws Unanswered {
        try {
            HttpAnswer answer = posting.ask(url, ca, time, body, headers, ANSWER_MAX);
            return new Reply(answer.header(SIGNATURE), answer.body());
        } catch (Undelivered undelivered) {
            throw new Unanswered(undelivered.message());
        }
    }

    @Override
    public void close() {
        deadlines.close();
    }
}
