package dev.sallyport.server.page;

import dev.sallyport.base.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What all pages share: where the product stands, and what its scripts and styles are called now.
 *
 * @param base what comes before every path: empty, or the prefix under which a proxy shows us
 */
public record Look(String base, Map<String, String> assets) {
    public static final String FOLDER = "/dev/sallyport/web/";

    public Look {
        assets = Map.copyOf(assets);
    }

    /** For a product that people reach at this URL. */
    public static Look at(URI url) {
        var names = new Properties();
        try (InputStream in = Look.class.getResourceAsStream(FOLDER + "assets.properties")) {
            if (in == null) {
                throw new IllegalStateException("the scripts and styles of the portal are not in this build");
            }
            names.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String path = url.getPath() == null ? "" : url.getPath();
        return new Look(
                path.equals("/") ? "" : path,
                names.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, names::getProperty)));
    }

    /** The address of a script or style by the name of its source. */
    public String asset(String name) {
        String file = assets.get(name);
        if (file == null) {
            throw new IllegalArgumentException("no asset is called " + Text.quoted(name));
        }
        return base + "/assets/" + file;
    }

    /** The address of a path of ours. */
    public String to(String path) {
        return base + path;
    }
}
