package dev.sallyport.cli.host;

import dev.sallyport.base.Names;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code targets enroll}. */
@Command(
        name = "enroll",
        sortOptions = false,
        description = {
            "Sets a host up: sshd admits certificates of the target CA, each for one account, refuses those on the"
                    + " revocation list, and shows a host certificate; a small program there keeps both fresh.",
            "Looks first, shows every change and asks. Where a step fails, everything is put back. Done again, it changes"
                    + " only what differs. --undo makes everything as it was; without a host, it ends the enrolment at the"
                    + " server alone (for a host that is gone)."
        },
        footer = {
            "",
            "Example:",
            "  sallyport targets enroll web-1 --host root@web-1.example.org",
            "  sallyport targets enroll web-1 --host root@10.0.0.7:2222 -- -J bastion -i ~/.ssh/admin",
            "  sallyport targets enroll web-1 --local --undo"
        })
public final class EnrollVerb implements Callable<Integer> {
    private static final List<String> OURS = List.of(
            "host.conf",
            "authorization",
            "ca.pem",
            "allowed_signers",
            "sallyport-host",
            "sallyport-principals",
            "emergency_ca.pub");

    private static final List<String> FETCHED =
            List.of("revoked.krl", "revoked.version", "host-cert.pub", "keys.version", "status");

    private final Root root;

    @Parameters(index = "0", paramLabel = "NAME", description = "the target whose host it is")
    private String name = "";

    @Parameters(index = "1..*", paramLabel = "SSH-OPTION", description = "after --: options for ssh")
    private List<String> options = List.of();

    @Option(
            names = "--host",
            paramLabel = "root@HOST[:PORT]",
            description = "through ssh, with your own access to root there")
    private @Nullable String host;

    @Option(names = "--local", description = "this machine")
    private boolean local;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description =
                    "everything below this folder there instead of /, the paths in files too; no sshd is told and no"
                            + " service started")
    private @Nullable Path below;

    @Option(
            names = "--login",
            paramLabel = "L",
            description = "an account to open, besides those the target names; may be repeated")
    private List<String> logins = List.of();

    @Option(
            names = "--no-break-glass",
            description = "leave break-glass kits out, where sshd trusts another authority of users already")
    private boolean noBreakGlass;

    @Option(names = "--undo", description = "make everything as it was before, and end the host's token")
    private boolean undo;

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    @Option(names = "--no-reload", description = "do not tell sshd; it follows at its next start or reload")
    private boolean noReload;

    public EnrollVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Names.check("target", name);
        boolean somewhere = local || host != null;
        if (local && host != null || !somewhere && (!undo || below != null) || host == null && !options.isEmpty()) {
            throw Failure.usage(
                    "enroll: --local or --host root@HOST is needed, one of them, and SSH-OPTION goes with --host",
                    "sallyport targets enroll --help");
        }
        if (!somewhere) {
            return withdraw();
        }
        Layout layout = new Layout(
                below == null ? "" : below.toAbsolutePath().normalize().toString());
        HostShell shell =
                host == null ? HostShell.here(root.shell()) : HostShell.over(root.shell(), host, List.copyOf(options));
        return undo ? undo(shell, layout) : enrol(shell, layout);
    }

    private int enrol(HostShell shell, Layout layout) {
        var query = new StringBuilder();
        logins.forEach(login -> query.append(query.isEmpty() ? '?' : '&')
                .append(Query.of().with("login", login).encoded()));
        Offer offer = Offer.of(root.api().get(path() + query));
        if (offer.authorizedKeys().isEmpty()) {
            throw Failure.usage(name + " names no login, so nobody could log in", "--login deploy, or spec.logins");
        }
        Seen seen = look(
                shell,
                layout,
                Stream.concat(
                                OURS.stream().map(layout::file),
                                offer.authorizedKeys().keySet().stream().map(layout::authorized))
                        .distinct()
                        .toList());
        var enrolment = new Enrolment(layout, seen, offer, tellsSshd(), !noBreakGlass);
        enrolment.check();
        if (enrolment.isDone()) {
            return done(
                    List.of(), "nothing to change: " + shell.place() + " is enrolled as " + name, enrolment.byHand());
        }
        var edits = Stream.of(
                        enrolment.needsToken() ? Stream.of(enrolment.authorization(null)) : Stream.<Edit>empty(),
                        enrolment.files().stream(),
                        enrolment.lastly().stream())
                .flatMap(each -> each)
                .toList();
        confirm(shell, edits, enrolment.deeds());
        String token = enrolment.needsToken() ? newToken() : null;
        boolean good = false;
        try {
            carryOut(shell, enrolment.script(token));
            good = true;
        } finally {
            if (!good && token != null) {
                root.api().send("DELETE", path(), Map.of(), null);
            }
        }
        return done(edits, shell.place() + " is enrolled as " + name, enrolment.byHand());
    }

    private int undo(HostShell shell, Layout layout) {
        Stream<String> fixed = Stream.concat(OURS.stream(), FETCHED.stream()).map(layout::file);
        Seen seen = look(shell, layout, fixed.toList());
        var undoing = new Undoing(layout, seen, tellsSshd());
        undoing.check();
        List<Edit> edits = undoing.edits().stream()
                .filter(edit -> !isFetched(layout, edit))
                .toList();
        confirm(shell, edits, undoing.deeds());
        carryOut(shell, undoing.script());
        root.api().good(root.api().send("DELETE", path(), Map.of(), null));
        return done(
                edits,
                shell.place() + " is as it was before it was enrolled as " + name + "; its token is ended",
                null);
    }

    /** They are binary or change by themselves; a line says that they go. */
    private static boolean isFetched(Layout layout, Edit edit) {
        return FETCHED.stream().map(layout::file).anyMatch(edit.path()::equals);
    }

    private int withdraw() {
        if (!yes && !root.shell().confirms("End the enrolment of " + name + " at the server?")) {
            throw notConfirmed();
        }
        root.api().good(root.api().send("DELETE", path(), Map.of(), null));
        return done(List.of(), name + " is not enrolled any more; nothing was touched on its host", null);
    }

    private Seen look(HostShell shell, Layout layout, List<String> paths) {
        HostShell.Ran ran = shell.run(Scripts.look(layout, paths));
        if (ran.exit() != 0 || ran.out().isEmpty()) {
            ran.err().lines().forEach(root.shell()::note);
            throw Failure.here(
                    "enroll.unreachable",
                    shell.place() + " cannot be looked at (exit status " + ran.exit() + ")",
                    "try: ssh " + shell.place() + " true");
        }
        return Seen.parse(ran.out());
    }

    private void confirm(HostShell shell, List<Edit> edits, List<String> deeds) {
        root.shell().note("On " + shell.place() + ":");
        for (Edit edit : edits) {
            edit.shown().lines().forEach(root.shell()::note);
        }
        root.shell().note("and then:");
        deeds.forEach(deed -> root.shell().note("  " + deed));
        if (!yes && !root.shell().confirms("Do this?")) {
            throw notConfirmed();
        }
    }

    private static Failure notConfirmed() {
        return Failure.here("enroll.not-confirmed", "nothing was changed", "--yes where no terminal can answer");
    }

    private String newToken() {
        var ask = Json.object();
        var array = ask.putArray("logins");
        logins.forEach(array::add);
        return Json.text(root.api().post(path(), ask), "host_token");
    }

    private void carryOut(HostShell shell, String script) {
        HostShell.Ran ran = shell.run(script);
        ran.out().lines().forEach(root.shell()::note);
        if (ran.exit() != 0) {
            ran.err().lines().forEach(root.shell()::note);
            throw Failure.here(
                    "enroll.failed",
                    "a step failed on " + shell.place() + "; the lines above say which, and what was put back",
                    null);
        }
    }

    private int done(List<Edit> edits, String sentence, @Nullable String byHand) {
        var answer = Json.object().put("target", name);
        var changed = answer.putArray("changed");
        edits.forEach(edit -> changed.add(edit.path()));
        answer.put("message", sentence).put("run", byHand);
        root.show(answer, () -> sentence + "\n");
        if (byHand != null) {
            root.shell().note("no systemd there: keep this running as root: " + byHand);
        }
        return Exit.DONE;
    }

    private boolean tellsSshd() {
        return !noReload && below == null;
    }

    private String path() {
        return "/targets/" + Query.segment(name) + "/enrollment";
    }
}
