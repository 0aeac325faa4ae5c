package dev.sallyport.cli;

import dev.sallyport.cli.access.AccessVerbs;
import dev.sallyport.cli.access.DelegationVerbs;
import dev.sallyport.cli.access.FavouriteVerbs;
import dev.sallyport.cli.audit.AuditVerbs;
import dev.sallyport.cli.audit.FindingVerbs;
import dev.sallyport.cli.audit.ReviewVerbs;
import dev.sallyport.cli.audit.RiskVerbs;
import dev.sallyport.cli.breakglass.BreakglassVerbs;
import dev.sallyport.cli.call.ApiVerbs;
import dev.sallyport.cli.catalog.DecisionServiceSecretVerb;
import dev.sallyport.cli.catalog.DecisionServiceTestVerb;
import dev.sallyport.cli.catalog.EnrolmentCodeVerb;
import dev.sallyport.cli.catalog.FileVerbs;
import dev.sallyport.cli.catalog.IdentityVerbs;
import dev.sallyport.cli.catalog.KindVerbs;
import dev.sallyport.cli.catalog.ReachVerbs;
import dev.sallyport.cli.catalog.ResetFactorVerb;
import dev.sallyport.cli.catalog.ResetPasswordVerb;
import dev.sallyport.cli.doctor.DoctorVerbs;
import dev.sallyport.cli.host.EnrollVerb;
import dev.sallyport.cli.incident.IncidentVerbs;
import dev.sallyport.cli.keys.GatewayVerbs;
import dev.sallyport.cli.keys.KeyVerbs;
import dev.sallyport.cli.login.LoginVerbs;
import dev.sallyport.cli.login.PasskeyVerbs;
import dev.sallyport.cli.login.SignInVerbs;
import dev.sallyport.cli.login.TotpVerbs;
import dev.sallyport.cli.notification.NotificationVerbs;
import dev.sallyport.cli.policy.PolicyVerbs;
import dev.sallyport.cli.session.SessionVerbs;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.ssh.CredentialVerbs;
import dev.sallyport.cli.ssh.SshVerbs;
import dev.sallyport.cli.verb.Root;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Every verb, what it is for, and how its commands are built. Nothing of a feature is loaded until one of its verbs is
 * asked for: building all of them would take longer than most verbs run.
 */
record Verbs(String heading, List<Verb> verbs) {
    record Verb(String name, String summary, Feature feature) {
        /** The commands of the verb's feature, this verb among them. */
        CommandLine commands(Shell shell) {
            return switch (feature) {
                case LOGIN -> new CommandLine(new LoginVerbs(shell));
                case TOTP -> under(new Root(shell), TotpVerbs::new);
                case PASSKEYS -> under(new Root(shell), PasskeyVerbs::new);
                case SIGN_INS -> under(new Root(shell), SignInVerbs::new);
                case ACCESS -> new CommandLine(new AccessVerbs(shell));
                case SSH -> SshVerbs.commands(shell);
                case CREDENTIAL -> under(new Root(shell), CredentialVerbs::new);
                case FILES -> new CommandLine(new FileVerbs(shell));
                case KIND -> under(new Root(shell), root -> new KindVerbs(root, name));
                case PEOPLE ->
                    under(
                            new Root(shell),
                            root -> new CommandLine(new KindVerbs(root, name))
                                    .addSubcommand(new ResetPasswordVerb(root))
                                    .addSubcommand(new ResetFactorVerb(root))
                                    .addSubcommand(new EnrolmentCodeVerb(root)));
                case DECISION_SERVICES ->
                    under(
                            new Root(shell),
                            root -> new CommandLine(new KindVerbs(root, name))
                                    .addSubcommand(new DecisionServiceSecretVerb(root))
                                    .addSubcommand(new DecisionServiceTestVerb(root)));
                case IDENTITIES -> under(new Root(shell), IdentityVerbs::commands);
                case TARGETS ->
                    under(
                            new Root(shell),
                            root -> new CommandLine(new KindVerbs(root, name)).addSubcommand(new EnrollVerb(root)));
                case AUDIT -> under(new Root(shell), AuditVerbs::new);
                case GATEWAYS -> under(new Root(shell), GatewayVerbs::new);
                case POLICY -> under(new Root(shell), PolicyVerbs::new);
                case BREAKGLASS -> under(new Root(shell), BreakglassVerbs::commands);
                case KEYS -> under(new Root(shell), KeyVerbs::new);
                case FAVOURITES -> under(new Root(shell), FavouriteVerbs::new);
                case DELEGATIONS -> under(new Root(shell), DelegationVerbs::new);
                case INCIDENTS -> under(new Root(shell), IncidentVerbs::commands);
                case NOTIFICATIONS -> under(new Root(shell), NotificationVerbs::new);
                case REVIEWS -> under(new Root(shell), ReviewVerbs::new);
                case RISK -> under(new Root(shell), RiskVerbs::new);
                case FINDINGS -> new CommandLine(new FindingVerbs(shell));
                case REACH -> new CommandLine(new ReachVerbs(shell));
                case SESSIONS -> new CommandLine(new SessionVerbs(shell));
                case DOCTOR -> new CommandLine(new DoctorVerbs(shell));
                case API -> new CommandLine(new ApiVerbs(shell));
                case COMPLETION -> new CommandLine(new CompletionVerbs(shell));
            };
        }

        private CommandLine under(Root root, Function<Root, Object> verbs) {
            return new CommandLine(root).addSubcommand(name, verbs.apply(root));
        }
    }

    /** What a verb belongs to; a constant and no function, for thirty functions cost a tenth of the start-up. */
    enum Feature {
        LOGIN,
        TOTP,
        PASSKEYS,
        SIGN_INS,
        ACCESS,
        SSH,
        CREDENTIAL,
        FILES,
        KIND,
        PEOPLE,
        DECISION_SERVICES,
        IDENTITIES,
        TARGETS,
        AUDIT,
        GATEWAYS,
        POLICY,
        BREAKGLASS,
        KEYS,
        FINDINGS,
        FAVOURITES,
        REACH,
        DELEGATIONS,
        INCIDENTS,
        REVIEWS,
        RISK,
        NOTIFICATIONS,
        SESSIONS,
        API,
        DOCTOR,
        COMPLETION
    }

    static final List<Verbs> ALL = List.of(
            new Verbs(
                    "Signing in",
                    List.of(
                            new Verb("login", "sign in to a server", Feature.LOGIN),
                            new Verb("logout", "end this session", Feature.LOGIN),
                            new Verb("whoami", "who is signed in, and with which rights", Feature.LOGIN),
                            new Verb("passwd", "change the own password", Feature.LOGIN),
                            new Verb("totp", "the own second factor: enrol, recovery codes, remove", Feature.TOTP),
                            new Verb("passkeys", "the own passkeys: list, add, rename, remove", Feature.PASSKEYS),
                            new Verb(
                                    "sign-ins",
                                    "where I am signed in, and signing out there: list, end",
                                    Feature.SIGN_INS))),
            new Verbs(
                    "Asking for access",
                    List.of(
                            new Verb("eligible", "what I may ask for, and what would be decided", Feature.ACCESS),
                            new Verb("favourites", "what I want at hand: list, add, remove", Feature.FAVOURITES),
                            new Verb("request", "ask for roles on targets", Feature.ACCESS),
                            new Verb("requests", "requests: mine, to decide, or all", Feature.ACCESS),
                            new Verb("show", "anything that has an id", Feature.ACCESS),
                            new Verb("approve", "approve a request", Feature.ACCESS),
                            new Verb("deny", "deny a request", Feature.ACCESS),
                            new Verb("withdraw", "take back an own request", Feature.ACCESS),
                            new Verb(
                                    "delegations",
                                    "let another decide while one is away: create, list, end",
                                    Feature.DELEGATIONS))),
            new Verbs(
                    "Holding and ending access",
                    List.of(
                            new Verb("grants", "what is granted now", Feature.ACCESS),
                            new Verb("extend", "ask for more time", Feature.ACCESS),
                            new Verb("return", "give a grant back early", Feature.ACCESS),
                            new Verb("revoke", "end grants now", Feature.ACCESS),
                            new Verb("quarantine", "end everything of a person, and keep it ended", Feature.ACCESS),
                            new Verb("quarantines", "who is in quarantine", Feature.ACCESS),
                            new Verb("unquarantine", "let a person in again", Feature.ACCESS))),
            new Verbs(
                    "Using access",
                    List.of(
                            new Verb("ssh", "log in to a target", Feature.SSH),
                            new Verb("scp", "copy files to and from a target", Feature.SSH),
                            new Verb("credential", "write the credential of a running grant", Feature.CREDENTIAL),
                            new Verb("ssh-config", "let plain ssh, scp, rsync and ansible in", Feature.SSH),
                            new Verb("ssh-prepare", "renew what plain ssh needs (called by ssh)", Feature.SSH),
                            new Verb("ssh-ca", "the CA keys that targets must trust", Feature.SSH),
                            new Verb("krl", "the list of revoked certificates", Feature.SSH),
                            new Verb(
                                    "breakglass",
                                    "get in without any server: kits, opening them, and afterwards",
                                    Feature.BREAKGLASS))),
            new Verbs(
                    "The catalogue",
                    List.of(
                            new Verb("apply", "make the catalogue what the files say", Feature.FILES),
                            new Verb(
                                    "diff",
                                    "what apply would change, and whom it would take access from",
                                    Feature.FILES),
                            new Verb("export", "the catalogue as files", Feature.FILES),
                            new Verb("people", "people, links for lost passwords, lost second factors", Feature.PEOPLE),
                            new Verb("identities", "logins of people: list, link, move, unlink", Feature.IDENTITIES),
                            new Verb("groups", "groups", Feature.KIND),
                            new Verb("targets", "targets, and enrolling their hosts", Feature.TARGETS),
                            new Verb("roles", "roles", Feature.KIND),
                            new Verb("eligibilities", "who may ask for what", Feature.KIND),
                            new Verb("reach", "what somebody could ask for, and who could ask for it", Feature.REACH),
                            new Verb("policies", "policies, of which the draft is made", Feature.KIND),
                            new Verb("calendars", "hours of a week that policies name", Feature.KIND),
                            new Verb("incident-sources", "what tells of incidents", Feature.KIND),
                            new Verb("freezes", "times in which nothing new is granted", Feature.KIND),
                            new Verb("constants", "values that policies name", Feature.KIND),
                            new Verb("notification-channels", "where news can be sent", Feature.KIND),
                            new Verb("notification-routes", "which news goes where", Feature.KIND),
                            new Verb(
                                    "decision-services",
                                    "programs whose word policies want: their keys, trying them",
                                    Feature.DECISION_SERVICES),
                            new Verb("policy", "check, test, enforce, explain and replay policies", Feature.POLICY))),
            new Verbs(
                    "Watching",
                    List.of(
                            new Verb("sessions", "sessions through gateways, open and past", Feature.SESSIONS),
                            new Verb("watch", "see an open session as it goes on", Feature.SESSIONS),
                            new Verb("message", "write a line into an open session", Feature.SESSIONS),
                            new Verb("pause", "let nothing through a session", Feature.SESSIONS),
                            new Verb("resume", "let a paused session go on", Feature.SESSIONS),
                            new Verb("kill", "end an open session now", Feature.SESSIONS),
                            new Verb("play", "replay, print or export a recorded session", Feature.SESSIONS),
                            new Verb("commands", "what was run in a session", Feature.SESSIONS),
                            new Verb("audit", "search and follow the audit log", Feature.AUDIT),
                            new Verb("gateways", "gateways: list, enrol, withdraw", Feature.GATEWAYS),
                            new Verb("keys", "the keys that sign, and replacing them", Feature.KEYS),
                            new Verb(
                                    "incidents",
                                    "what is wrong, and who works on it: open, confirm, close",
                                    Feature.INCIDENTS),
                            new Verb("reviews", "reviews that emergencies owe: list, close", Feature.REVIEWS),
                            new Verb("risk", "how unusual a request was, and why", Feature.RISK),
                            new Verb("approvers", "how people approve", Feature.FINDINGS),
                            new Verb(
                                    "notifications",
                                    "what was told, and what was given up: list, retry, test, secret",
                                    Feature.NOTIFICATIONS),
                            new Verb("findings", "what somebody should look at", Feature.FINDINGS),
                            new Verb(
                                    "doctor", "what is wrong with this installation, and what to do", Feature.DOCTOR))),
            new Verbs(
                    "This program",
                    List.of(
                            new Verb("api", "any call of the API, by itself or for curl", Feature.API),
                            new Verb("completion", "completion for bash, zsh or fish", Feature.COMPLETION))));

    static Optional<Verb> find(String name) {
        return ALL.stream()
                .flatMap(group -> group.verbs().stream())
                .filter(verb -> verb.name().equals(name))
                .findFirst();
    }

    /** All verbs under one command: for completion and for tests, not for running. */
    static CommandLine everything(Shell shell) {
        // without the global options, which the verbs bring along from their own roots
        var root = new CommandLine(CommandSpec.create().name("sallyport"));
        for (Verbs group : ALL) {
            for (Verb verb : group.verbs()) {
                root.addSubcommand(
                        verb.name(), verb.commands(shell).getSubcommands().get(verb.name()));
            }
        }
        return root;
    }
}
