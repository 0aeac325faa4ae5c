package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerSession;

/** Keyboard-interactive (RFC 4256) as a talk: something is shown, and an answer is waited for. */
final class Conversation {
    static final int ANSWER_MAX = 1024;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ServerSession client;
    private final ArrayBlockingQueue<Optional<String>> answers = new ArrayBlockingQueue<>(1);
    private volatile boolean waiting;
    private volatile boolean over;
    private volatile boolean finished;

    /** The other end is gone, or has tried something else. */
    static final class Abandoned extends Exception {
        Abandoned() {
            super("abandoned", null, false, false);
        }
    }

    Conversation(ServerSession client) {
        this.client = client;
    }

    /** Shows text and returns the line that was typed; nothing typed is the empty line. */
    String ask(String text, String prompt, boolean echo) throws Abandoned {
        send(text, prompt, echo);
        return await().orElse("");
    }

    /** Shows text; a client answers at once without asking anybody. */
    void show(String text) throws Abandoned {
        send(text, "", false);
        await();
    }

    /** Called with the client's answer; false if nobody had asked. */
    boolean answered(Buffer buffer) {
        if (!waiting) {
            return false;
        }
        int count = buffer.getInt();
        if (count < 0 || count > 1) {
            return false;
        }
        Optional<String> answer = count == 0 ? Optional.empty() : Optional.of(buffer.getString());
        if (answer.isPresent() && answer.get().length() > ANSWER_MAX) {
            return false;
        }
        waiting = false;
        return answers.offer(answer);
    }

    /** Whether it could be given up without harm. */
    boolean isWaiting() {
        return waiting;
    }

    /** Its outcome is known: what follows is not part of it. */
    void finish() {
        finished = true;
    }

    boolean isFinished() {
        return finished;
    }

    boolean isAbandoned() {
        return over;
    }

    void abandon() {
        over = true;
        answers.clear();
        answers.offer(Optional.empty());
    }

    private Optional<String> await() throws Abandoned {
        try {
            Optional<String> answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (answer == null || over || !client.isOpen()) {
                throw new Abandoned();
            }
            return answer;
        } catch (InterruptedException _) {
            throw new Abandoned();
        }
    }

    private void send(String text, String prompt, boolean echo) throws Abandoned {
        if (over || !client.isOpen()) {
            throw new Abandoned();
        }
        try {
            client.resetAuthTimeout();
            waiting = true;
            Buffer out = client.createBuffer(SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST);
            out.putString("");
            out.putString(lines(text));
            out.putString("");
            out.putInt(prompt.isEmpty() ? 0 : 1);
            if (!prompt.isEmpty()) {
                out.putString(Text.printable(prompt));
                out.putBoolean(echo);
            }
            client.writePacket(out);
        } catch (IOException _) {
            throw new Abandoned();
        }
    }

    /** Line by line, without anything that a terminal would obey. */
    static String lines(String text) {
        return text.lines().map(Text::printable).collect(Collectors.joining("\r\n"));
    }
}
