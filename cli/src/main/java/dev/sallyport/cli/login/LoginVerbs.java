package dev.sallyport.cli.login;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.Api;
import dev.sallyport.cli.api.DpopKey;
import dev.sallyport.cli.api.Http;
import dev.sallyport.cli.api.OAuth;
import dev.sallyport.cli.api.Profile;
import dev.sallyport.cli.api.Tokens;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** login, logout, whoami and passwd. */
public final class LoginVerbs extends Root {
    /** A redirect nobody listens at: the walk without a browser stops before it would be called. */
    private static final String NOWHERE = "http://127.0.0.1:1/callback";

    public LoginVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "login",
            description = {
                "Signs in: in a browser on this machine, with --device in a browser elsewhere, or with --as and a password"
                        + " on standard input.",
                "A server with a CA of its own is pinned here; without --ca-file or --ca-fingerprint a person is asked."
            },
            footer = {
                "",
                "Example:",
                "  sallyport login --server https://pam.example.org",
                "  sallyport login --server https://127.0.0.1:8443 --ca-file ca.pem --as dev --password-stdin < password",
                "  printf '%%s\\n' \"$PASSWORD\" \"$CODE\" | sallyport login --as dev --password-stdin --totp-stdin"
            })
    void login(
            @Option(names = "--as", paramLabel = "NAME", description = "sign in with this name and a password")
                    @Nullable
                    String name,
            @Option(names = "--password-stdin", description = "the first line of standard input is the password")
                    boolean password,
            @Option(
                            names = "--totp-stdin",
                            description =
                                    "the line after the password is a code of the second factor, or a recovery code")
                    boolean totp,
            @Option(names = "--fresh", description = "sign in anew, also where the browser is signed in already")
                    boolean fresh,
            @Option(names = "--device", description = "sign in in a browser elsewhere, with a code") boolean device,
            @Option(names = "--ca-file", paramLabel = "F", description = "trust the CA in this file (PEM)") @Nullable
                    Path caFile,
            @Option(
                            names = "--ca-fingerprint",
                            paramLabel = "SHA256:…",
                            description = "trust the CA that has this fingerprint")
                    @Nullable
                    String fingerprint) {
        if ((name != null) != password || name != null && device) {
            throw Failure.usage(
                    "--as NAME and --password-stdin go together, and not with --device", "sallyport login --help");
        }
        if (totp && !password || fresh && device) {
            throw Failure.usage(
                    "--totp-stdin goes with --password-stdin, and --fresh not with --device", "sallyport login --help");
        }
        String server = server();
        if (server == null) {
            throw Failure.usage("no server is known yet", "sallyport login --server URL");
        }
        Secret secret = password ? shell().secretLine("the password") : null;
        Secret code = totp ? shell().secretLine("the one-time code") : null;
        String known = profiles().find(server).map(Profile::caPem).orElse(null);
        String ca = new Pinning(shell(), server).ca(caFile, fingerprint, known);
        var http = Http.to(ca);
        var key = DpopKey.generate();
        var oauth = new OAuth(http, server, key, shell().clock());
        Tokens tokens = device
                ? new DeviceLogin(shell(), oauth).tokens()
                : name == null || secret == null
                        ? new BrowserLogin(shell(), http, oauth, fresh).tokens(server)
                        : form(http, oauth, server, name, secret, code);
        var profile = new Profile(server, ca, key, name, tokens);
        profiles().locked(server, () -> {
            profiles().save(profile);
            profiles().use(server);
            return true;
        });
        JsonNode me = new Api(profiles(), profile, shell().clock()).get("/me");
        show(me, () -> "signed in to " + server + " as " + Json.text(me, "person", "name") + "\n");
    }

    private static Tokens form(
            Http http, OAuth oauth, String server, String name, Secret password, @Nullable Secret totp) {
        Authorization authorization = Authorization.start(http, server, NOWHERE);
        String code = new FormLogin(http, authorization).code(name, password, totp);
        return oauth.code(code, NOWHERE, authorization.verifier());
    }

    @Command(
            name = "logout",
            description = "Ends this session at the server and forgets its tokens here.",
            footer = {"", "Example:", "  sallyport logout"})
    void logout() {
        Profile profile = profile();
        if (profile.tokens() == null) {
            print("nobody is signed in to " + profile.server());
            return;
        }
        String unsaid = null;
        try {
            api().send("POST", "/logout", Map.of("Content-Type", "application/json"), "{}");
        } catch (Failure e) {
            unsaid = e.code();
        }
        profiles().locked(profile.server(), () -> {
            profiles().save(profile.with(null));
            return true;
        });
        print("signed out of " + profile.server());
        if (unsaid != null && !unsaid.equals("auth.session-ended")) {
            shell().note("the server could not be told (" + unsaid + "): its session ends by itself");
        }
    }

    @Command(
            name = "whoami",
            description = "Who is signed in, since when, and with which rights of administration.",
            footer = {"", "Example:", "  sallyport whoami -o json"})
    void whoami() {
        JsonNode me = api().get("/me");
        show(me, () -> {
            var text = new StringBuilder();
            line(
                    text,
                    "person",
                    Json.text(me, "person", "name") + " (" + Json.text(me, "person", "display_name") + ")");
            line(text, "identity", Json.text(me, "identity", "subject") + " at " + Json.text(me, "identity", "issuer"));
            line(text, "groups", Json.joined(me.path("groups"), ", "));
            line(
                    text,
                    "signed in",
                    times().relative(Json.text(me, "session", "auth_time")) + " by "
                            + Json.joined(Json.at(me, "session", "amr"), "+"));
            line(text, "until", times().relative(Json.text(me, "session", "expires_at")));
            line(text, "rights", Json.joined(me.path("rights"), ", "));
            line(text, "server", api().server());
            return text.toString();
        });
    }

    @Command(
            name = "passwd",
            description = "Changes the own password: the present one and the new one, a line each, on standard input.",
            footer = {"", "Example:", "  printf '%%s\\n' \"$OLD\" \"$NEW\" | sallyport passwd"})
    void passwd() {
        Secret current = shell().askSecret("present password");
        Secret next = shell().askSecret("new password");
        api().post(
                        "/me/password",
                        Json.object().put("current", current.reveal()).put("new", next.reveal()));
        print("the password is changed");
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("%-10s %s%n".formatted(name, value.isEmpty() ? "-" : dev.sallyport.base.Text.printable(value)));
    }
}
