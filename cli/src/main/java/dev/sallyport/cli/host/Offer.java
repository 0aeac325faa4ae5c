package dev.sallyport.cli.host;

import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What the server wants on the host. It becomes files of root, so what cannot be right is refused here, whoever said it.
 *
 * @param emergency the authorities of break-glass kits
 * @param tokenFingerprint of the token that is good now; empty when the host is not enrolled
 */
record Offer(
        String target,
        String serverUrl,
        String caPem,
        Map<String, List<String>> authorizedKeys,
        List<String> krlSigner,
        List<String> emergency,
        String tokenFingerprint,
        String hostScript,
        String principalsScript) {
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");
    private static final Pattern LINE = Pattern.compile("[ -~]{1,4000}");
    private static final Pattern URL = Pattern.compile("https?://[A-Za-z0-9.:/\\[\\]_~-]{1,500}");
    private static final Pattern TARGET = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    static Offer of(JsonNode json) {
        var keys = new TreeMap<String, List<String>>();
        for (var entry : json.path("authorized_keys").properties()) {
            keys.put(
                    fits("login", LOGIN, entry.getKey()),
                    Json.texts(entry.getValue()).stream()
                            .map(line -> fits("authorized key", LINE, line))
                            .toList());
        }
        return new Offer(
                fits("target", TARGET, Json.text(json, "target")),
                fits("server URL", URL, Json.text(json, "server_url")),
                Json.text(json, "ca_pem"),
                keys,
                Json.texts(json.path("krl_signer")).stream()
                        .map(line -> fits("signer", LINE, line))
                        .toList(),
                Json.texts(json.path("emergency_ca")).stream()
                        .map(line -> fits("break-glass authority", LINE, line))
                        .toList(),
                Json.text(json, "host_token_fingerprint"),
                Json.text(json, "host_script"),
                Json.text(json, "principals_script"));
    }

    private static String fits(String what, Pattern pattern, String text) {
        if (!pattern.matcher(text).matches() || text.equals(".") || text.equals("..")) {
            throw Failure.here(
                    "enroll.unusable-answer", "the server gives a " + what + " of " + Text.quoted(text), null);
        }
        return text;
    }
}
