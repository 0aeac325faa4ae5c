package dev.sallyport.server.signin;

import dev.sallyport.server.api.CatalogPaths;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;

/**
 * Where a browser wanted to go before it was sent to the sign-in form. Only paths of our own that are worth returning to
 * are kept, and looked at again when they come back: the cookie is no way to anywhere else.
 */
public final class SavedRequests implements RequestCache {
    private static final String COOKIE = "continue";
    private static final int LONGEST = 2_000;
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final List<String> PATHS = List.of("/oauth2/authorize", "/activate");
    /** Pages of the portal: one of their first words, then only what stands in addresses of ours. */
    private static final Pattern PAGE = Pattern.compile(
            "/(?:(?:ask|audit|dashboard|decide|findings|grants|help|incidents|leases|me|policy|requests|reviews|sessions|settings|"
                    + CatalogPaths.KINDS
                    + ")(?:/(?:[A-Za-z0-9._~+-]|%[0-9A-Fa-f]{2})+)*)?(?:\\?(?:[A-Za-z0-9._~=&+-]|%[0-9A-Fa-f]{2})*)?");

    private static final Pattern LINK = Pattern.compile("/ssh/[0-9a-z]{1,64}|/decide/[A-Za-z0-9_-]{43}");

    private final Cookies cookies;

    SavedRequests(Cookies cookies) {
        this.cookies = cookies;
    }

    @Override
    public void saveRequest(HttpServletRequest request, HttpServletResponse response) {
        String query = request.getQueryString();
        String path = request.getRequestURI() + (query == null ? "" : "?" + query);
        if (request.getMethod().equals("GET") && isAllowed(path)) {
            cookies.write(
                    response,
                    COOKIE,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(path.getBytes(StandardCharsets.UTF_8)),
                    LIFE);
        }
    }

    /** The path and query to go on to, once. */
    Optional<String> take(HttpServletRequest request, HttpServletResponse response) {
        Optional<String> path = cookies.read(request, COOKIE).flatMap(SavedRequests::decoded);
        if (path.isPresent()) {
            cookies.clear(response, COOKIE);
        }
        return path.filter(SavedRequests::isAllowed);
    }

    static boolean isAllowed(String path) {
        return path.length() <= LONGEST
                && path.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\')
                && (LINK.matcher(path).matches()
                        || PAGE.matcher(path).matches()
                        || PATHS.stream().anyMatch(known -> path.equals(known) || path.startsWith(known + "?")));
    }

    private static Optional<String> decoded(String value) {
        try {
            return Optional.of(new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    @Override
    public @Nullable SavedRequest getRequest(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public @Nullable HttpServletRequest getMatchingRequest(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void removeRequest(HttpServletRequest request, HttpServletResponse response) {
        cookies.clear(response, COOKIE);
    }
}
