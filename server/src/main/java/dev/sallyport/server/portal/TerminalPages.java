package dev.sallyport.server.portal;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.gateway.ssh.BrowserConnection;
import dev.sallyport.server.AnswerBrokenOff;
import dev.sallyport.server.HttpRefusal;
import dev.sallyport.server.page.Policies;
import dev.sallyport.server.terminal.Destination;
import dev.sallyport.server.terminal.Terminal;
import dev.sallyport.server.terminal.TerminalSocket;
import dev.sallyport.server.terminal.Terminals;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A terminal in the browser, under one's own grant, and files beside it. */
@RestController
final class TerminalPages {
    private static final int PATH_MAX = 4_096;

    private final Terminals terminals;
    private final TerminalSocket socket;
    private final Portal portal;

    TerminalPages(Terminals terminals, TerminalSocket socket, Portal portal) {
        this.terminals = terminals;
        this.socket = socket;
        this.portal = portal;
    }

    /** Whether a terminal can be opened under it: it is one's own, runs, and goes through a gateway. */
    static boolean fits(Visit visit, Doc grant) {
        return grant.text("identity").equals(visit.caller().name()) && leadsThere(grant);
    }

    static boolean leadsThere(Doc grant) {
        return grant.text("state").equals("active")
                && grant.text("access").equals("gateway")
                && !grant.texts("logins").isEmpty();
    }

    static String path(Doc grant) {
        return "/grants/" + Links.segment(grant.text("id")) + "/terminal";
    }

    /** For each login that the grant gives. */
    static List<Form> forms(Doc grant) {
        return grant.texts("logins").stream()
                .map(login -> Form.of(path(grant), "Open a terminal as " + login, Field.hidden("login", login)))
                .toList();
    }

    @PostMapping("/grants/{id}/terminal")
    ResponseEntity<String> open(Visit visit, @PathVariable String id) {
        Doc grant = visit.call(ApiCall.get("/grants/{}", id));
        List<String> logins = grant.texts("logins");
        String login =
                visit.parameter("login").isEmpty() && !logins.isEmpty() ? logins.getFirst() : visit.parameter("login");
        if (!fits(visit, grant) || !logins.contains(login)) {
            throw InputRefusal.INVALID_VALUE.because(
                    Text.quoted(login) + " on " + grant.text("target") + " under " + id
                            + " (expected: your own access that runs, goes through a gateway and gives that login)",
                    "sallyport ssh " + grant.text("target"));
        }
        Terminal terminal = terminals.open(
                visit.caller(), new Destination(new GrantId(grant.text("id")), grant.text("target"), login));
        return visit.go("/terminals/" + terminal.id());
    }

    @GetMapping("/terminals/{id}")
    ResponseEntity<String> show(Visit visit, @PathVariable String id) {
        Terminal terminal = terminals.find(visit.caller(), id);
        Doc grant = visit.call(
                ApiCall.get("/grants/{}", terminal.destination().grant().value()));
        String nonce = Policies.nonce();
        return SessionViewPages.under(
                Policies.withStyles(nonce),
                visit.show("terminal", Map.of("terminal", terminal, "grant", grant, "nonce", nonce)));
    }

    /** Only from a page of ours: a browser tells where a WebSocket comes from, and no other site may have it. */
    @GetMapping("/terminals/{id}/socket")
    void socket(Visit visit, @PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (!isOurs(request.getHeader("Origin"), portal.url())) {
            throw HttpRefusal.FORGED.because(
                    "a terminal is shown only on our own pages (origin: "
                            + Text.quoted(String.valueOf(request.getHeader("Origin"))) + ")",
                    "come in through " + portal.url());
        }
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            throw InputRefusal.INVALID_VALUE.because("this is for WebSockets (expected: Upgrade: websocket)");
        }
        Terminal terminal = terminals.find(visit.caller(), id);
        socket.upgrade(
                request,
                response,
                visit.caller(),
                terminal,
                new TerminalSocket.Shown(
                        (int) number(visit, "columns", 80), (int) number(visit, "rows", 24), number(visit, "from", 0)));
    }

    static boolean isOurs(@Nullable String origin, URI url) {
        int usual = url.getScheme().equals("https") ? 443 : 80;
        String ours = url.getScheme() + "://" + url.getHost().toLowerCase(Locale.ROOT)
                + (url.getPort() < 0 || url.getPort() == usual ? "" : ":" + url.getPort());
        return ours.equals(origin);
    }

    private static long number(Visit visit, String name, long otherwise) {
        String text = visit.parameter(name);
        return text.matches("\\d{1,15}") ? Long.parseLong(text) : otherwise;
    }

    @PostMapping("/terminals/{id}/end")
    ResponseEntity<String> end(Visit visit, @PathVariable String id) {
        Terminal terminal = terminals.find(visit.caller(), id);
        terminals.end(terminal);
        return visit.done("/grants/" + terminal.destination().grant().value(), Said.ENDED);
    }

    // Files
    // ----------------------------------------------------------------------------------------------------------

    @GetMapping("/terminals/{id}/files")
    ResponseEntity<BrowserConnection.Folder> list(Visit visit, @PathVariable String id) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(connection(visit, id).list(path(visit, true)));
    }

    @GetMapping("/terminals/{id}/file")
    void download(Visit visit, @PathVariable String id, HttpServletResponse response) throws IOException {
        String path = path(visit, false);
        BrowserConnection connection = connection(visit, id);
        long size = connection.size(path);
        response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment()
                        .filename(path.substring(path.lastIndexOf('/') + 1), StandardCharsets.UTF_8)
                        .build()
                        .toString());
        if (size > 0) {
            response.setContentLengthLong(size);
        }
        try {
            connection.download(path, response.getOutputStream());
        } catch (Refusal refusal) {
            if (response.isCommitted()) {
                throw new AnswerBrokenOff(refusal);
            }
            response.reset();
            throw refusal;
        }
    }

    /** The body is the file. */
    @PostMapping("/terminals/{id}/file")
    ResponseEntity<Void> upload(Visit visit, @PathVariable String id, HttpServletRequest request) throws IOException {
        connection(visit, id)
                .upload(
                        path(visit, false),
                        request.getInputStream(),
                        visit.parameter("replace").equals("yes"));
        return ResponseEntity.noContent().build();
    }

    private BrowserConnection connection(Visit visit, String id) {
        return terminals.find(visit.caller(), id).connection();
    }

    private static String path(Visit visit, boolean mayBeEmpty) {
        String path = visit.secret("path");
        if (path.isEmpty() && !mayBeEmpty || path.length() > PATH_MAX || path.indexOf('\0') >= 0) {
            throw InputRefusal.INVALID_VALUE.because("path: " + Text.quoted(path)
                    + " (expected: the name of a file, at most " + PATH_MAX + " characters)");
        }
        return path;
    }
}
