package dev.sallyport.server.portal;

import dev.sallyport.audit.Seen;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.identity.PasskeyRefusal;
import dev.sallyport.identity.StepUps;
import dev.sallyport.server.Caller;
import dev.sallyport.server.page.PasskeyAnswer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;

/** Somebody looks at a page, or sends a form of one; a parameter of every handler of the portal. */
final class Visit {
    /** The request attribute that holds it. */
    static final String ATTRIBUTE = Visit.class.getName();

    /** The field of a form that holds the code for a second factor. */
    static final String CODE = "step_up_code";

    /** The field that holds a passkey instead, and the one that says what for. */
    static final String PASSKEY = "step_up_passkey";

    static final String PURPOSE = "step_up_for";

    private static final Set<String> OF_STEP_UP = Set.of(CODE, PASSKEY, PURPOSE, "_csrf");

    private static final Set<String> OF_SHOWING = Set.of("said", "as", "list");

    private static final MediaType CSV = MediaType.parseMediaType("text/csv;charset=UTF-8");
    private static final int WAITING_SHOWN = 9;

    private final Portal portal;
    private final Caller caller;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private Optional<Seen> seen = Optional.empty();

    Visit(Portal portal, Caller caller, HttpServletRequest request, HttpServletResponse response) {
        this.portal = portal;
        this.caller = caller;
        this.request = request;
        this.response = response;
    }

    Caller caller() {
        return caller;
    }

    /**
     * The page is told what happens from now on, also before it connects to hear of it. Called before the page reads what it
     * shows.
     */
    void follow() {
        seen = Optional.of(portal.log().get());
    }

    /** Whether an open page asks for itself again, to show what has changed: what it does not follow is left out. */
    boolean isFollowing() {
        return request.getHeader("HX-Request") != null;
    }

    // Asking the API
    // ----------------------------------------------------------------------------------------------------------

    /** Each call counts as one over the network does. */
    Doc call(ApiCall call) {
        if (call.whole()) {
            return Listings.whole(this, call.whole(false));
        }
        portal.rates().person(caller.personId().value());
        return portal.api().call(caller, request, response, call);
    }

    void pass(ApiCall call) {
        portal.rates().person(caller.personId().value());
        portal.api().pass(caller, request, response, call);
    }

    /** Whether the API would let the caller in; what it is about can still be refused. */
    boolean may(ApiCall call) {
        return portal.api().may(caller, request, call);
    }

    // What the page was asked
    // ----------------------------------------------------------------------------------------------------------

    /** Whether a form was sent, rather than a page opened. */
    boolean isSent() {
        return request.getMethod().equals("POST");
    }

    String path() {
        return request.getRequestURI();
    }

    String parameter(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value.strip();
    }

    /** As it was typed: white space in a password counts. */
    String secret(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    List<String> parameters(String name) {
        String @Nullable [] values = request.getParameterValues(name);
        return values == null ? List.of() : List.of(values);
    }

    /** A time as a browser writes it, in the zone of the reader; in UTC where the page did not say which. */
    Optional<String> instant(String name) {
        String local = parameter(name);
        String zone = parameter("zone");
        try {
            return local.isEmpty()
                    ? Optional.empty()
                    : Optional.of(LocalDateTime.parse(local)
                            .atZone(ZoneId.of(zone.isEmpty() ? "UTC" : zone))
                            .toInstant()
                            .toString());
        } catch (DateTimeException e) {
            throw InputRefusal.INVALID_VALUE.because(name + ": " + Text.quoted(local) + " in " + Text.quoted(zone)
                    + " (expected: a time such as 2026-11-26T13:30 in a zone such as Europe/Berlin)");
        }
    }

    /** What a page that follows what happens was told last: a time, as {@link Live} names its events. */
    Optional<Instant> lastEventId() {
        String id = request.getHeader("Last-Event-ID");
        return id == null || !id.matches("[0-9]{1,15}")
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(Long.parseLong(id)));
    }

    /** The address of this page with one parameter changed; an empty value leaves it out. */
    String here(String name, String value) {
        return here(Map.of(name, value));
    }

    /** What was asked of this page, by name, without what only says how it is shown. */
    Map<String, String> asked() {
        var asked = new LinkedHashMap<String, String>();
        request.getParameterMap().forEach((name, values) -> {
            if (!OF_SHOWING.contains(name) && values.length > 0 && !values[0].isEmpty()) {
                asked.put(name, values[0]);
            }
        });
        return asked;
    }

    /** The address of this page with these parameters changed; an empty value leaves one out. */
    String here(Map<String, String> changed) {
        var query = new TreeMap<String, List<String>>();
        request.getParameterMap().forEach((name, values) -> {
            if (!name.equals("said")) {
                query.put(name, List.of(values));
            }
        });
        changed.forEach((name, value) -> query.put(name, List.of(value)));
        return address(path(), query);
    }

    /** A page that is asked this; what is empty is left out. */
    static String address(String path, SortedMap<String, List<String>> asked) {
        String query = asked.entrySet().stream()
                .flatMap(parameter -> parameter.getValue().stream()
                        .filter(value -> !value.isEmpty())
                        .map(value -> ApiCall.encoded(parameter.getKey()) + "=" + ApiCall.encoded(value)))
                .collect(Collectors.joining("&"));
        return query.isEmpty() ? path : path + "?" + query;
    }

    /** This page from its beginning, sorted by a word of the API; nothing for the usual order. */
    String sorted(String order) {
        return here(Map.of("order", order, "after", ""));
    }

    /** The address of a path of ours, as it stands in links. */
    String to(String path) {
        return portal.look().to(path);
    }

    /** Whether a list of this page is asked for as a file, and not the page. */
    boolean wantsFile(String list) {
        return wantsFile() && parameter("list").equals(list);
    }

    /** Whether a file is asked for; of pages with one list. */
    boolean wantsFile() {
        return !isSent() && parameter("as").equals("csv");
    }

    // Answering
    // ----------------------------------------------------------------------------------------------------------

    ResponseEntity<String> show(Sheet sheet) {
        return show(200, sheet);
    }

    /** The page; or one of its lists as a file, for those who asked for that. */
    ResponseEntity<String> show(int status, Sheet sheet) {
        String list = parameter("list");
        if (parameter("as").equals("csv")) {
            for (Section.Listing listing : sheet.listings()) {
                if (listing.id().equals(list)) {
                    return file(list, listing.table()).orElseThrow();
                }
            }
        }
        return show(status, "sheet", Map.of("sheet", sheet));
    }

    ResponseEntity<String> show(String template, Map<String, Object> values) {
        return show(200, template, values);
    }

    ResponseEntity<String> show(int status, String template, Map<String, Object> values) {
        var all = new LinkedHashMap<>(values);
        all.put("frame", frame());
        return portal.render(status, template, all);
    }

    /** The page; or its list as a file, for those who asked for that. */
    ResponseEntity<String> show(Sheet sheet, String file, Table table) {
        return file(file, table).orElseGet(() -> show(sheet));
    }

    /** A list as a file, if that is what was asked for. */
    Optional<ResponseEntity<String>> file(String name, Table table) {
        if (!parameter("as").equals("csv")) {
            return Optional.empty();
        }
        String part = table.next().isEmpty() ? "" : "-first-" + table.rows().size();
        return Optional.of(ResponseEntity.ok()
                .contentType(CSV)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + part + ".csv\"")
                .body(table.csv()));
    }

    /** Sends a page where no handler returns one. */
    static void write(HttpServletResponse response, ResponseEntity<String> page) throws IOException {
        response.setStatus(page.getStatusCode().value());
        response.setContentType(String.valueOf(page.getHeaders().getContentType()));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.getOutputStream().write(String.valueOf(page.getBody()).getBytes(StandardCharsets.UTF_8));
    }

    ResponseEntity<String> go(String path) {
        return ResponseEntity.status(303)
                .location(URI.create(portal.look().to(path)))
                .build();
    }

    /** Goes on to a page that says what was done. */
    ResponseEntity<String> done(String path, Said said) {
        return go(path + (path.contains("?") ? "&" : "?") + "said=" + said.word());
    }

    /**
     * Makes the call that a form asks for, and goes on. Where a fresh second factor is wanted, the form is shown again, as it
     * was filled in, with a place for the code.
     */
    ResponseEntity<String> does(ApiCall call, String next, Said said) {
        try {
            act(call);
        } catch (Refusal refusal) {
            return ask(refusal).orElseThrow(() -> refusal);
        }
        return done(next, said);
    }

    /** Makes a call with the proof of a second factor, if the form holds a code or a passkey. */
    Doc act(ApiCall call) {
        try {
            return call(call);
        } catch (Refusal refusal) {
            if (!showsFactor() || !isStepUp(refusal) || !refusal.details().containsKey(StepUps.FOR)) {
                throw refusal;
            }
            return call(call.header("Sallyport-Step-Up", proof(refusal)));
        }
    }

    /** Whether the form holds a code or a passkey. */
    boolean showsFactor() {
        return !parameter(CODE).isEmpty() || !parameter(PASSKEY).isEmpty();
    }

    /** What a factor is shown for, as the API wants it: one purpose, or several with spaces between. */
    static Map<String, Object> purposes(String joined) {
        List<String> all = List.of(joined.split(" "));
        return all.size() == 1
                ? Map.of("for", joined)
                : Map.of("for", all.getFirst(), "also", all.subList(1, all.size()));
    }

    /** For the one factor that the form holds, a proof for each of the calls that its page named. */
    Map<String, String> proofs(Refusal wanted) {
        String joined =
                parameter(PURPOSE).isEmpty() ? String.valueOf(wanted.details().get(StepUps.FOR)) : parameter(PURPOSE);
        Doc made = prove(wanted, joined);
        var proofs = new LinkedHashMap<String, String>();
        List<String> purposes = List.of(joined.split(" "));
        proofs.put(purposes.getFirst(), made.text("proof"));
        List<String> also = made.texts("also");
        for (int i = 0; i < also.size(); i++) {
            proofs.put(purposes.get(i + 1), also.get(i));
        }
        return proofs;
    }

    /** A proof for what was refused; what is wrong with it is told with what it was for, so that one can try again. */
    private String proof(Refusal wanted) {
        return prove(wanted, String.valueOf(wanted.details().get(StepUps.FOR))).text("proof");
    }

    private Doc prove(Refusal wanted, String joined) {
        var body = new LinkedHashMap<>(purposes(joined));
        if (parameter(PASSKEY).isEmpty()) {
            body.put("code", parameter(CODE));
        } else {
            body.put("passkey", PasskeyAnswer.of(parameter(PASSKEY)));
        }
        try {
            return call(ApiCall.post("/me/step-up", body));
        } catch (Refusal refusal) {
            throw refusal.with(
                            StepUps.FOR, Objects.requireNonNull(wanted.details().get(StepUps.FOR)))
                    .with(
                            StepUps.BY,
                            Objects.requireNonNullElse(wanted.details().get(StepUps.BY), List.of()));
        }
    }

    /** The page that asks for a code, if that is what was missing or wrong; what was typed is kept. */
    Optional<ResponseEntity<String>> ask(Refusal refusal) {
        var fields = new ArrayList<Field>();
        request.getParameterMap().forEach((name, values) -> {
            if (!OF_STEP_UP.contains(name)) {
                for (String value : values) {
                    fields.add(Field.hidden(name, value));
                }
            }
        });
        return ask(refusal, fields, List.of());
    }

    /**
     * The same with these fields to send again.
     *
     * @param soFar what has been done meanwhile, and what waits
     */
    Optional<ResponseEntity<String>> ask(Refusal refusal, List<Field> fields, List<Section> soFar) {
        boolean wrongCode = refusal.code().equals(FactorRefusal.WRONG.code());
        boolean wrongPasskey = refusal.code().equals(PasskeyRefusal.REFUSED.code());
        boolean wrong = wrongCode || wrongPasskey;
        if (!isStepUp(refusal) && !wrong) {
            return Optional.empty();
        }
        List<?> by = refusal.details().get(StepUps.BY) instanceof List<?> list ? list : List.of();
        return Optional.of(show(
                200,
                "step-up",
                Map.of(
                        "form",
                        new Form(path(), fields, "Go on", "primary", ""),
                        "sentence",
                        wrong ? "" : refusal.sentence(),
                        "soFar",
                        soFar,
                        "alert",
                        wrongCode
                                ? "This code is wrong, or was used already. Wait for the next one."
                                : wrongPasskey ? "This passkey was not accepted. Try again." : "",
                        "code",
                        by.contains("totp"),
                        "passkey",
                        by.contains("passkey"),
                        "purpose",
                        String.valueOf(refusal.details().getOrDefault(StepUps.FOR, "")))));
    }

    String url() {
        return portal.url().toString();
    }

    String json(Map<String, Object> body) {
        return portal.api().json(body);
    }

    static boolean isStepUp(Refusal refusal) {
        return refusal.code().equals(FactorRefusal.STEP_UP_REQUIRED.code());
    }

    Frame frame() {
        if (seen.isEmpty()) {
            // what waits for one's word is followed on every page
            follow();
        }
        Doc waiting = call(
                ApiCall.get("/requests").with("view", "to-decide").with("limit", Integer.toString(WAITING_SHOWN + 1)));
        int count = waiting.items().size();
        return new Frame(
                portal.look(),
                path(),
                Text.printable(caller.name()),
                csrf(),
                Navigation.of(this::may, count == 0 ? "" : count > WAITING_SHOWN ? WAITING_SHOWN + "+" : "" + count),
                Said.sentence(parameter("said")),
                Live.address(seen));
    }

    String csrf() {
        return request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token ? token.getToken() : "";
    }

    // The same elsewhere
    // ----------------------------------------------------------------------------------------------------------

    /**
     * The call as one would make it with curl; calls that ask with a body say it. Tokens are bound to a key, so the command
     * line lends curl a proof.
     */
    String curl(ApiCall call) {
        String sent = call.body()
                .map(body -> " --json '" + portal.api().json(body).replace("'", "\\u0027") + "'")
                .orElse("");
        String address = call.address().substring(ApiCall.PREFIX.length()).replace("'", "%27");
        return "sallyport api --curl " + call.method() + " '" + address + "' | curl -K -" + sent;
    }
}
