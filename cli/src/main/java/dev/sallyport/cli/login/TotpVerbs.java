package dev.sallyport.cli.login;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code totp}: the own second factor. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "The own second factor: an authenticator app (TOTP, RFC 6238), and recovery codes.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} enroll"})
public final class TotpVerbs {
    private final Root root;

    public TotpVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "enroll",
            description = {
                "Shows a secret for an authenticator app and asks for its first code; from then on signing in needs one.",
                "The first is enrolled within ten minutes after signing in with the password (sallyport login --fresh),"
                        + " another with a code of the present one. Without a terminal: then sallyport totp confirm.",
                "The first wants a one-time code of an administrator too (sallyport people enrolment-code), unless the"
                        + " password was set by a link half an hour ago or less."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void enroll(
            @Option(
                            names = "--totp-stdin",
                            description = "the first line of standard input is a code of the present authenticator")
                    boolean totp,
            @Option(
                            names = "--enrolment-code-stdin",
                            description = "the first line of standard input is the one-time code of an administrator")
                    boolean enrolmentCode) {
        JsonNode status = root.api().get("/me/totp");
        boolean enrolled = status.path("enrolled").asBoolean(false);
        if (status.path("enrolment_code_wanted").asBoolean(false)) {
            root.api()
                    .post(
                            "/me/enrolment-code",
                            body(enrolmentCode(enrolmentCode).reveal()));
        }
        JsonNode offer = root.api()
                .post("/me/totp", body(enrolled ? root.oneTimeCode(totp).reveal() : null));
        root.show(offer, () -> picture(Json.text(offer, "uri")));
        if (root.shell().interactive()) {
            tell(confirmed(root.shell().askSecret("the first code that the app shows")));
        } else {
            root.shell().note("It counts after its first code: sallyport totp confirm --totp-stdin");
        }
    }

    private Secret enrolmentCode(boolean fromInput) {
        if (!fromInput && !root.shell().interactive()) {
            throw Failure.here(
                    "factor.enrolment-code-wanted",
                    "a first second factor wants a one-time code of an administrator, and there is no terminal to ask for it",
                    "--enrolment-code-stdin takes it from standard input");
        }
        return fromInput
                ? root.shell().secretLine("the enrolment code")
                : root.shell().askSecret("enrolment code, of an administrator");
    }

    @Command(
            name = "confirm",
            description = "Shows the first code of what enroll offered: from then on signing in needs one.",
            footer = {"", "Example:", "  echo \"$CODE\" | ${COMMAND-FULL-NAME} --totp-stdin"})
    void confirm(
            @Option(names = "--totp-stdin", description = "the first line of standard input is the code")
                    boolean totp) {
        tell(confirmed(root.oneTimeCode(totp)));
    }

    @Command(
            name = "status",
            description = "Whether there is a second factor, and how many recovery codes are left.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void status() {
        JsonNode status = root.api().get("/me/totp");
        root.show(
                status,
                () -> status.path("enrolled").asBoolean(false)
                        ? "enrolled " + root.times().relative(Json.text(status, "enrolled_at")) + "; "
                                + status.path("recovery_codes").asInt(0) + " recovery codes left\n"
                        : "there is no second factor: sallyport totp enroll\n");
    }

    @Command(
            name = "recovery-codes",
            description = "Ten new recovery codes, shown this once; earlier ones stop counting.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void recoveryCodes(
            @Option(names = "--totp-stdin", description = "the first line of standard input is a code") boolean totp) {
        tell(root.api()
                .post("/me/totp/recovery-codes", body(root.oneTimeCode(totp).reveal())));
    }

    @Command(
            name = "remove",
            description = "Takes the second factor away, for a code of it: then a password alone signs in.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void remove(
            @Option(names = "--totp-stdin", description = "the first line of standard input is a code") boolean totp) {
        root.api().post("/me/totp/remove", body(root.oneTimeCode(totp).reveal()));
        root.print("the second factor is removed");
    }

    private JsonNode confirmed(Secret code) {
        return root.api().post("/me/totp/confirm", body(code.reveal()));
    }

    private static ObjectNode body(@Nullable String code) {
        return Json.object().put("code", code);
    }

    private void tell(JsonNode codes) {
        root.show(
                codes,
                () ->
                        "Recovery codes, each good once, in place of a code of the app. They are shown now and never again:\n"
                                + codes.path("recovery_codes")
                                        .valueStream()
                                        .map(code -> "  " + Text.printable(Json.text(code)) + "\n")
                                        .collect(Collectors.joining()));
    }

    private String picture(String uri) {
        var text = new StringBuilder();
        if (root.shell().interactive()) {
            QrCode code = QrCode.of(uri);
            text.append(
                    code.columns() <= root.shell().width()
                            ? code.coloured()
                            : "(the terminal is too narrow for a QR code: " + code.columns() + " columns)\n");
        }
        return text.append("For your authenticator app, and for nobody else:\n  ")
                .append(Text.printable(uri))
                .append('\n')
                .toString();
    }
}
