package dev.sallyport.server.signin;

import dev.sallyport.server.ServerConfig;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * Our cookies: for this host only, unreachable for scripts, not sent along by other sites. Over TLS their names start
 * with {@code __Host-}, so that nobody but this host can have set them.
 */
final class Cookies {
    private final boolean secure;

    Cookies(ServerConfig config) {
        this.secure = config.hasTls();
    }

    String name(String name) {
        return (secure ? "__Host-" : "") + "sallyport-" + name;
    }

    boolean secure() {
        return secure;
    }

    Optional<String> read(HttpServletRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(name(name))) {
                    return Optional.of(cookie.getValue());
                }
            }
        }
        return Optional.empty();
    }

    void write(HttpServletResponse response, String name, String value, Duration life) {
        response.addHeader(
                HttpHeaders.SET_COOKIE,
                ResponseCookie.from(name(name), value)
                        .path("/")
                        .httpOnly(true)
                        .secure(secure)
                        .sameSite("Lax")
                        .maxAge(life)
                        .build()
                        .toString());
    }

    void clear(HttpServletResponse response, String name) {
        write(response, name, "", Duration.ZERO);
    }
}
