package dev.sallyport.cli.host;

import dev.sallyport.cli.shell.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Everything as it was before enrolment. sshd hears of it before the revocation list goes. */
final class Undoing {
    private final Layout layout;
    private final Seen seen;
    private final boolean tellSshd;

    Undoing(Layout layout, Seen seen, boolean tellSshd) {
        this.layout = layout;
        this.seen = seen;
        this.tellSshd = tellSshd;
    }

    void check() {
        if (!seen.has("enrolled")) {
            throw Failure.here(
                    "enroll.not-enrolled",
                    layout.folder() + ".before does not exist there: this host was not enrolled by this command",
                    "leave --local and --host out to end the enrolment at the server alone");
        }
    }

    List<Edit> edits() {
        return touched().stream()
                .map(path ->
                        new Edit(path, seen.file(path), seen.original(path), path.equals(layout.file("authorization"))))
                .filter(Edit::changes)
                .toList();
    }

    List<String> deeds() {
        var deeds = new ArrayList<String>();
        deeds.add("check with sshd -t");
        String reload = Reload.command(seen);
        if (tellSshd && reload != null) {
            deeds.add("run: " + reload);
        }
        if (seen.has("systemd")) {
            deeds.add("stop and disable sallyport-host.service");
        }
        deeds.add("delete what the host fetched, and the folders enrolment made");
        deeds.add("end the host's token at the server");
        return deeds;
    }

    String script() {
        var calls = new ArrayList<>(List.of("begin", "back " + Scripts.word(layout.dropIn()), "check"));
        String reload = Reload.command(seen);
        if (tellSshd && reload != null) {
            calls.add("reload " + Scripts.word(reload));
        }
        if (seen.has("systemd")) {
            calls.add("stop_service");
        }
        for (String path : touched()) {
            if (!path.equals(layout.dropIn())) {
                calls.add("back " + Scripts.word(path));
            }
        }
        if (seen.has("systemd")) {
            calls.add("systemctl daemon-reload");
        }
        calls.add("finish_undo");
        return Scripts.apply(layout, calls);
    }

    private List<String> touched() {
        var paths = new LinkedHashSet<String>();
        paths.add(layout.dropIn());
        paths.addAll(seen.all("was-absent"));
        paths.addAll(seen.originals());
        return List.copyOf(paths);
    }
}
