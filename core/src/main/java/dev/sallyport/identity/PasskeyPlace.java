package dev.sallyport.identity;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where passkeys count: the host name they are made for (the relying party's id), and the one origin whose pages may ask for
 * them. Browsers know neither for a host that is an address, nor for a page that is not protected on its way.
 */
public record PasskeyPlace(String host, String origin) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*|.*:.*");
    private static final String LOCAL = "localhost";

    /** The place of a server that people reach at this URL, if passkeys are possible there. */
    public static Optional<PasskeyPlace> of(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        boolean local = host.equals(LOCAL) || host.endsWith("." + LOCAL);
        if (host.isEmpty() || ADDRESS.matcher(host).matches() || !scheme.equals("https") && !local) {
            return Optional.empty();
        }
        boolean usual = url.getPort() == -1 || url.getPort() == (scheme.equals("https") ? 443 : 80);
        return Optional.of(new PasskeyPlace(host, scheme + "://" + host + (usual ? "" : ":" + url.getPort())));
    }
}
