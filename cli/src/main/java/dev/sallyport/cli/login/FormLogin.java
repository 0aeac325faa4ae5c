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

/** Walks the pages a browser would: authorize, the sign-in form, and back. Follows redirects to the server alone. */
final class FormLogin {
    private static final int STEPS = 12;
    private static final Pattern INPUT = Pattern.compile("<input\\b[^>]*>", Pattern.CASE_INSENSITIVE);
    private static final Pattern ATTRIBUTE = Pattern.compile("([a-zA-Z-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");

    private final Http http;
    private final Authorization authorization;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private boolean sent;

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
                page = submit(here, form(page.text(), name, password, totp));
            } else {
                throw unexpected(here, page);
            }
        }
        throw Failure.here("login.loop", "sign-in did not end after " + STEPS + " pages", null);
    }

    private static void refuseFailed(URI page) {
        if (page.getPath().endsWith("/login") && page.getRawQuery() != null) {
            if (page.getRawQuery().startsWith("throttled")) {
                throw Failure.refused(
                        "rate.limited", "too many failed attempts to sign in", "wait a minute, then try again");
            }
            if (page.getRawQuery().startsWith("error")) {
                throw Failure.refused("login.refused", "name or password is wrong", null);
            }
        }
    }

    private static Query form(String html, String name, Secret password, @Nullable Secret totp) {
        var form = Query.of();
        var inputs = INPUT.matcher(html);
        while (inputs.find()) {
            Map<String, String> input = attributes(inputs.group());
            if (input.getOrDefault("type", "").equalsIgnoreCase("hidden") && input.containsKey("name")) {
                form.with(input.get("name"), input.getOrDefault("value", ""));
            }
        }
        return form.with("username", name)
                .with("password", password.reveal())
                .with("totp", totp == null ? null : totp.reveal());
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
