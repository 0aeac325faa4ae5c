package dev.sallyport.cli.ssh;

import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The CA keys as a person who sets up a target needs them. */
final class CaText {
    private CaText() {}

    static String of(JsonNode cas, @Nullable String target) {
        var text = new StringBuilder();
        keys(text, cas.path("target"), "the target CA signs what targets accept");
        keys(
                text,
                cas.path("access"),
                "the access CA signs what people hold towards gateways; targets do not trust it");
        keys(text, cas.path("host"), "the host CA signs host keys");
        if (target != null) {
            Names.check("target", target);
            text.append("\n# ~LOGIN/.ssh/authorized_keys on ").append(target).append(", for each login:\n");
            for (JsonNode key : cas.path("target")) {
                if (!Json.text(key, "state").equals("retired")) {
                    text.append("cert-authority,principals=\"%s/LOGIN\" ".formatted(target))
                            .append(Text.printable(Json.text(key, "public_key")))
                            .append('\n');
                }
            }
            text.append("\n# /etc/ssh/sshd_config.d/sallyport.conf on ")
                    .append(target)
                    .append(":\n");
            text.append("RevokedKeys /etc/ssh/sallyport.krl\n");
            text.append(
                    "# fetch it before sshd starts, for a missing list refuses everybody, and then again and again:\n");
            text.append("#   sallyport krl --out /etc/ssh/sallyport.krl\n");
        }
        return text.toString();
    }

    private static void keys(StringBuilder text, JsonNode keys, String about) {
        text.append("# ").append(about).append('\n');
        for (JsonNode key : keys) {
            text.append(Text.printable(Json.text(key, "public_key") + " # " + Json.text(key, "state") + " "
                            + Json.text(key, "fingerprint")))
                    .append('\n');
        }
    }
}
