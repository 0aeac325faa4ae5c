package dev.sallyport.cli.login;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Http;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.shell.Failure;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Walks the pages a browser would: authorize, the sign-in form, perhaps the one for a code, the one that asks whether to let this client in, and back. Follows redirects to the server alone. */
final class FormLogin {
    private static final int STEPS = 12;
    private static final Pattern INPUT = Pattern.compile("<input\\b[^>]*>", Pattern.CASE_INSENSITIVE);
    private static final Pattern ATTRIBUTE = Pattern.compile("([a-zA-Z-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");

    private final Http http;
    private final Authorization authorization;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private boolean sent;
    private boolean codeSent;
    private boolean allowed;

    FormLogin(Http http, Authorization authorization) {
        this.http = http;
        this.authorization = authorization;
    }

    /** The authorization code. */
    String code(String name, Secret password, @Nullable Secret totp) {
        URI here = authorization.uri();
        Answer page = get(here);
        for (int step = 0; step < STEPS; step++) {
            if (page.status() >= 300 && page.status() < 400) {
                URI next = here.resolve(page.header("Location"));
                if (next.toString().startsWith(authorization.redirect() + "?")) {
                    return authorization.code(next.getRawQuery());
                }
                here = own(next);
                refuseFailed(here);
                page = get(here);
            } else if (page.isGood() && here.getPath().endsWith("/login") && !sent) {
                sent = true;
                page = submit(here, form(page.text()).with("username", name).with("password", password.reveal()));
            } else if (page.isGood() && here.getPath().endsWith("/login/code") && !codeSent) {
                refuseWithoutCode(page.text());
                codeSent = true;
                page = submit(here, form(page.text()).with("code", wanted(totp).reveal()));
            } else if (page.isGood() && here.getPath().endsWith("/authorize") && !allowed) {
                allowed = true;
                page = submit(here, form(page.text()).with("verdict", "allow"));
            } else {
                throw unexpected(here, page);
            }
        }
        throw Failure.here("login.loop", "sign-in did not end after " + STEPS + " pages", null);
    }

    /** Whoever has a passkey and no authenticator app shows it in a browser. */
    private static void refuseWithoutCode(String html) {
        boolean asks = INPUT.matcher(html)
                .results()
                .anyMatch(input ->
                        attributes(input.group()).getOrDefault("name", "").equals("code"));
        if (!asks) {
            throw Failure.refused(
                    "login.passkey-wanted",
                    "this person shows a passkey after the password, which takes a browser",
                    "sallyport login without --as opens one; --device shows a code for one elsewhere");
        }
    }

    private static Secret wanted(@Nullable Secret totp) {
        if (totp == null) {
            throw Failure.refused(
                    "login.code-wanted",
                    "this person has a second factor: a code of it is needed as well",
                    "add --totp-stdin: the line after the password is the code");
        }
        return totp;
    }

    private static void refuseFailed(URI page) {
        boolean code = page.getPath().endsWith("/login/code");
        String query = page.getRawQuery();
        if (query == null || !code && !page.getPath().endsWith("/login")) {
            return;
        }
        if (query.startsWith("throttled")) {
            throw Failure.refused(
                    "rate.limited", "too many failed attempts to sign in", "wait a minute, then try again");
        }
        if (query.startsWith("error")) {
            throw Failure.refused(
                    "login.refused",
                    code ? "the code is wrong, or was used already (each counts once)" : "name or password is wrong",
                    null);
        }
        if (query.startsWith("again")) {
            throw Failure.refused("login.refused", "the sign-in waited too long, or is over", "try again");
        }
    }

    /** What a form sends along by itself. */
    private static Query form(String html) {
        var form = Query.of();
        var inputs = INPUT.matcher(html);
        while (inputs.find()) {
            Map<String, String> input = attributes(inputs.group());
            if (input.getOrDefault("type", "").equalsIgnoreCase("hidden") && input.containsKey("name")) {
                form.with(input.get("name"), input.getOrDefault("value", ""));
            }
        }
        return form;
    }

    private static Map<String, String> attributes(String tag) {
        var attributes = new LinkedHashMap<String, String>();
        var found = ATTRIBUTE.matcher(tag);
        while (found.find()) {
            String value = found.group(2) == null ? found.group(3) : found.group(2);
            attributes.put(
                    found.group(1).toLowerCase(java.util.Locale.ROOT),
                    value.replace("&#34;", "\"")
                            .replace("&#39;", "'")
                            .replace("&quot;", "\"")
                            .replace("&lt;", "<")
                            .replace("&gt;", ">")
                            .replace("&amp;", "&"));
        }
        return attributes;
    }

    private Answer get(URI uri) {
        return keep(http.send("GET", uri, headers(Map.of("Accept", "text/html")), null));
    }

    private Answer submit(URI page, Query form) {
        URI action = page.resolve(page.getRawPath());
        var headers = Map.of(
                "Accept", "text/html",
                "Content-Type", "application/x-www-form-urlencoded",
                "Origin", page.getScheme() + "://" + page.getRawAuthority());
        Answer answer = keep(http.send("POST", action, headers(headers), form.encoded()));
        if (answer.status() == 403) {
            throw Failure.refused("login.refused", "the sign-in form was refused (HTTP 403)", null);
        }
        if (answer.status() == 429) {
            throw answer.refusal();
        }
        return answer;
    }

    private Map<String, String> headers(Map<String, String> others) {
        var headers = new LinkedHashMap<>(others);
        if (!cookies.isEmpty()) {
            headers.put(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        return headers;
    }

    /** One server, one sign-in, one jar: names and values are all that matters. */
    private Answer keep(Answer answer) {
        for (String cookie : answer.headers().allValues("Set-Cookie")) {
            String pair = cookie.split(";", 2)[0];
            int equals = pair.indexOf('=');
            if (equals > 0) {
                cookies.put(
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            }
        }
        return answer;
    }

    private URI own(URI uri) {
        if (!uri.toString().startsWith(authorization.issuer() + "/")) {
            throw Failure.here(
                    "login.elsewhere",
                    "sign-in leads to " + uri.getHost() + ", which a password is not sent to",
                    "sallyport login without --as opens a browser");
        }
        return uri;
    }

    private static Failure unexpected(URI page, Answer answer) {
        return answer.code().isEmpty()
                ? Failure.here(
                        "login.unexpected-page",
                        "sign-in stopped at " + page.getPath() + " (HTTP " + answer.status() + ")",
                        "sallyport login without --as opens a browser")
                : answer.refusal();
    }
}
