package dev.sallyport.cli.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The CA keys as a person who sets up a target needs them. */
final class CaText {
    private CaText() {}

    /** Joins to the keys what goes into the target's files. */
    static void add(ObjectNode cas, String target, List<String> logins) {
        var authorized = cas.putObject("authorized_keys");
        for (String login : logins) {
            var lines = authorized.putArray(login);
            for (JsonNode key : cas.path("target")) {
                if (!Json.text(key, "state").equals("retired")) {
                    lines.add("cert-authority,principals=\"%s/%s\" %s"
                            .formatted(target, login, Json.text(key, "public_key")));
                }
            }
        }
        cas.putArray("sshd_config")
                .add("AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/sallyport/authorized/%u")
                .add("RevokedKeys /etc/ssh/sallyport/revoked.krl")
                .add("TrustedUserCAKeys /etc/ssh/sallyport/emergency_ca.pub")
                .add("AuthorizedPrincipalsCommand /bin/bash /etc/ssh/sallyport/sallyport-principals /etc/ssh/sallyport "
                        + target + " %u %F %t %k")
                .add("AuthorizedPrincipalsCommandUser nobody");
    }

    static String keys(JsonNode cas) {
        var text = new StringBuilder();
        keys(text, cas.path("target"), "the target CA signs what targets accept");
        keys(
                text,
                cas.path("access"),
                "the access CA signs what people hold towards gateways; targets do not trust it");
        keys(text, cas.path("host"), "the host CA signs host keys");
        keys(text, cas.path("krl"), "the krl key signs the revocation list");
        text.append(
                "# the authorities of break-glass kits, for an emergency; targets bind them to principals of their own\n");
        Json.texts(cas.path("emergency"))
                .forEach(line -> text.append(Text.printable(line)).append('\n'));
        return text.toString();
    }

    static String target(JsonNode cas, String target) {
        var text = new StringBuilder();
        for (var entry : cas.path("authorized_keys").properties()) {
            text.append("\n# /etc/ssh/sallyport/authorized/%s on %s (root, mode 0644):%n"
                    .formatted(Text.printable(entry.getKey()), target));
            Json.texts(entry.getValue())
                    .forEach(line -> text.append(Text.printable(line)).append('\n'));
        }
        text.append(
                "\n# /etc/ssh/sallyport/emergency_ca.pub on %s (root, mode 0644; may be empty):%n".formatted(target));
        Json.texts(cas.path("emergency"))
                .forEach(line -> text.append(Text.printable(line)).append('\n'));
        text.append("# /etc/ssh/sallyport/sallyport-principals there (root, mode 0644) is what this prints:\n");
        text.append("#   sallyport ssh-ca --principals-script\n");
        text.append("\n# /etc/ssh/sshd_config.d/50-sallyport.conf on %s:%n".formatted(target));
        Json.texts(cas.path("sshd_config")).forEach(line -> text.append(line).append('\n'));
        text.append("# The list must be there before sshd reads this, for without it sshd refuses every key:\n");
        text.append("#   sallyport krl --verify --out /etc/ssh/sallyport/revoked.krl\n");
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
