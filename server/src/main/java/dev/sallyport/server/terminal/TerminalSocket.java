package dev.sallyport.server.terminal;

import dev.sallyport.server.Caller;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A WebSocket (RFC 6455) between a browser and a terminal. Binary messages are what is typed and what is shown; texts are
 * JSON: {@code {"resize": [columns, rows]}}, {@code {"seen": place}} and {@code {"used": true}} (somebody is there) from the
 * browser, {@code {"type": …}} to it.
 */
public final class TerminalSocket {
    /** The longest message that a browser may send, in bytes; what is pasted comes in pieces. */
    static final int MESSAGE_MAX = 64 * 1024;

    /** Messages of a browser in a second, and at once. */
    static final double PER_SECOND = 500;

    static final double BURST = 5_000;

    private static final long NOTED_EVERY = 60_000_000_000L;

    /** The terminal is shown somewhere else now (RFC 6455, 7.4.2: a code of our own). */
    private static final int ELSEWHERE = 4000;

    private static final Logger LOG = Logger.getLogger(TerminalSocket.class.getName());

    private final Terminals terminals;
    private final JsonMapper json;
    private final Presence presence;

    /** Hears that somebody is there: it keeps their browser signed in. */
    @FunctionalInterface
    public interface Presence {
        void used(String signIn);
    }

    public TerminalSocket(Terminals terminals, JsonMapper json, Presence presence) {
        this.terminals = terminals;
        this.json = json;
        this.presence = presence;
    }

    /** How large the terminal is shown, and from where on. */
    public record Shown(int columns, int rows, long from) {
        public Shown {
            columns = Math.clamp(columns, 1, Terminal.COLUMNS_MAX);
            rows = Math.clamp(rows, 1, Terminal.ROWS_MAX);
        }
    }

    /** Goes on with the request as a WebSocket; whoever calls has seen to it that it is the caller's own terminal. */
    public void upgrade(
            HttpServletRequest request, HttpServletResponse response, Caller caller, Terminal terminal, Shown shown)
            throws IOException, ServletException {
        Object container = request.getServletContext().getAttribute(ServerContainer.class.getName());
        if (!(container instanceof ServerContainer sockets)) {
            throw new IllegalStateException("this server has no WebSockets");
        }
        var config = ServerEndpointConfig.Builder.create(End.class, "/terminal")
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new End(caller, terminal, shown));
                    }
                })
                .build();
        try {
            sockets.upgradeHttpToWebSocket(request, response, config, Map.of());
        } catch (DeploymentException e) {
            throw new ServletException(e);
        }
    }

    private final class End extends Endpoint {
        private final Caller caller;
        private final Terminal terminal;
        private final Shown shown;
        private volatile @Nullable Browser browser;
        // of the one thread that reads
        private double allowed = BURST;
        private long counted = System.nanoTime();
        private long noted;

        End(Caller caller, Terminal terminal, Shown shown) {
            this.caller = caller;
            this.terminal = terminal;
            this.shown = shown;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.setMaxBinaryMessageBufferSize(MESSAGE_MAX);
            session.setMaxTextMessageBufferSize(1024);
            session.setMaxIdleTimeout(0);
            session.addMessageHandler(ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) this::typed);
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) this::told);
            var opened = new Browser(session);
            browser = opened;
            terminals.attach(caller, terminal, opened, shown.columns(), shown.rows(), shown.from());
        }

        private void typed(ByteBuffer message) {
            if (isTooMuch()) {
                return;
            }
            var bytes = new byte[message.remaining()];
            message.get(bytes);
            terminal.type(bytes);
        }

        /** Whether the browser sends more than anybody types; then it is closed. */
        private boolean isTooMuch() {
            long now = System.nanoTime();
            allowed = Math.min(BURST, allowed + (now - counted) * PER_SECOND / 1e9) - 1;
            counted = now;
            if (allowed >= 0) {
                return false;
            }
            Browser flooding = browser;
            if (flooding != null) {
                flooding.close(false);
            }
            return true;
        }

        /** At most once a minute, and not on the thread that what is typed waits for. */
        private void used() {
            long now = System.nanoTime();
            if (noted != 0 && now - noted < NOTED_EVERY) {
                return;
            }
            noted = now;
            Thread.ofVirtual().name("terminal used").start(() -> {
                try {
                    presence.used(caller.sessionId());
                } catch (RuntimeException e) {
                    LOG.log(Level.FINE, "that somebody is there cannot be noted now", e);
                }
            });
        }

        private void told(String message) {
            if (isTooMuch()) {
                return;
            }
            try {
                JsonNode said = json.readTree(message);
                JsonNode size = said.path("resize");
                if (size.isArray() && size.size() == 2) {
                    var shown = new Shown(size.get(0).asInt(0), size.get(1).asInt(0), 0);
                    terminal.resize(shown.columns(), shown.rows());
                }
                if (said.path("used").asBoolean(false)) {
                    used();
                }
                if (said.path("seen").isNumber()) {
                    terminal.seen(said.path("seen").asLong());
                }
            } catch (RuntimeException e) {
                LOG.log(Level.FINE, "a browser sent something that is not understood", e);
            }
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            Browser gone = browser;
            if (gone != null) {
                terminal.detach(gone);
            }
        }

        @Override
        public void onError(Session session, Throwable fault) {
            LOG.log(Level.FINE, "a terminal's browser", fault);
        }
    }

    /** The browser at the other end. */
    private final class Browser implements View {
        private final Session session;

        Browser(Session session) {
            this.session = session;
        }

        @Override
        public void begins(long place, long upto) throws IOException {
            tell(Map.of("type", "begins", "place", place, "upto", upto));
        }

        @Override
        public void open() throws IOException {
            tell(Map.of("type", "open"));
        }

        @Override
        public void output(ByteBuffer bytes) throws IOException {
            session.getBasicRemote().sendBinary(bytes);
        }

        @Override
        public void alive() throws IOException {
            tell(Map.of("type", "alive"));
        }

        @Override
        public void ended(String sentence) throws IOException {
            tell(Map.of("type", "ended", "sentence", sentence));
        }

        private void tell(Map<String, Object> what) throws IOException {
            session.getBasicRemote().sendText(json.writeValueAsString(what));
        }

        @Override
        public void close(boolean elsewhere) {
            Thread.ofVirtual().start(() -> {
                try {
                    session.close(
                            elsewhere
                                    ? new CloseReason(
                                            CloseReason.CloseCodes.getCloseCode(ELSEWHERE),
                                            "It is shown somewhere else now.")
                                    : new CloseReason(CloseReason.CloseCodes.NORMAL_CLOSURE, ""));
                } catch (IOException e) {
                    LOG.log(Level.FINER, "a terminal's browser has gone", e);
                }
            });
        }
    }
}
