package dev.sallyport.cli.doctor;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** {@code doctor}. */
public final class DoctorVerbs extends Root {
    public DoctorVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "doctor",
            description = "Looks at this machine, the profile, the way to the server and the server; says what to do.",
            footer = {"", "Example:", "  sallyport doctor"})
    int doctor() {
        List<Check> checks = new Checks(this).all();
        ObjectNode answer = Json.object();
        var items = answer.putArray("checks");
        for (Check check : checks) {
            items.add(Json.object()
                    .put("name", check.name())
                    .put("state", check.state().word())
                    .put("message", check.message())
                    .put("advice", check.advice()));
        }
        show(answer, () -> {
            var text = new StringBuilder();
            for (Check check : checks) {
                text.append(check.line());
            }
            return text.toString();
        });
        return checks.stream().anyMatch(check -> check.state() == Check.State.FAIL) ? Exit.FAILED : Exit.DONE;
    }
}
