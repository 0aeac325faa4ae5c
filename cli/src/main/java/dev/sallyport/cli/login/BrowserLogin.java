package dev.sallyport.cli.login;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.cli.api.Http;
import dev.sallyport.cli.api.OAuth;
import dev.sallyport.cli.api.Tokens;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sign-in in the person's own browser, which comes back to a port on loopback (RFC 8252). */
final class BrowserLogin {
    private static final int MINUTES = 5;

    /** How old a fresh sign-in may be: the way back from the form takes a moment. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final Shell shell;
    private final Http http;
    private final OAuth oauth;
    private final boolean fresh;

    BrowserLogin(Shell shell, Http http, OAuth oauth, boolean fresh) {
        this.shell = shell;
        this.http = http;
        this.oauth = oauth;
        this.fresh = fresh;
    }

    Tokens tokens(String server) {
        BlockingQueue<String> answers = new ArrayBlockingQueue<>(1);
        HttpServer listener = listen(answers);
        try {
            int port = listener.getAddress().getPort();
            String redirect = "http://127.0.0.1:" + port + "/callback";
            Authorization authorization = Authorization.start(http, server, redirect);
            shell.note("Sign in with a browser on this machine, and allow port " + port + " there:");
            URI page = authorization.uri(fresh ? FRESH : null);
            shell.note("  " + page);
            open(page.toString());
            String query = answers.poll(MINUTES, TimeUnit.MINUTES);
            if (query == null) {
                throw Failure.here(
                        "login.timeout",
                        "nobody signed in within " + MINUTES + " minutes",
                        "without a browser here: sallyport login --device");
            }
            return oauth.code(authorization.code(query), redirect, authorization.verifier());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while waiting for the browser", null);
        } finally {
            listener.stop(0);
        }
    }

    private static HttpServer listen(BlockingQueue<String> answers) {
        try {
            var listener =
                    HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 4);
            var used = new AtomicBoolean();
            listener.createContext("/callback", exchange -> {
                String query = exchange.getRequestURI().getRawQuery();
                if (used.getAndSet(true)) {
                    say(exchange, "This link was used already.");
                    return;
                }
                // the page first: the answer ends this listener
                boolean refused = query != null && query.contains("error=");
                say(exchange, (refused ? "Refused. " : "") + "Back to the terminal: this page can be closed.");
                answers.add(query == null ? "" : query);
            });
            listener.start();
            return listener;
        } catch (IOException e) {
            throw Failure.here(
                    "login.no-port", "cannot listen on 127.0.0.1: " + e.getMessage(), "sallyport login --device");
        }
    }

    private static void say(HttpExchange exchange, String sentence) throws IOException {
        byte[] page = sentence.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().add("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }

    private void open(String uri) {
        if (!shell.interactive()) {
            return;
        }
        try {
            new ProcessBuilder("xdg-open", uri)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException _) {
            shell.note("(no browser could be opened from here: copy the address)");
        }
    }
}
