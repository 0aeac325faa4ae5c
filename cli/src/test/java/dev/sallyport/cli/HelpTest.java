package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HelpTest {
    @TempDir
    Path home;

    @Test
    void everyVerbShowsAnExampleAndExplainsEveryOption() {
        var commands = new ArrayList<CommandLine>();
        collect(Verbs.everything(Person.at(home, Clock.systemUTC()).shell("")), commands);
        assertThat(commands).hasSizeGreaterThan(50).allSatisfy(command -> {
            assertThat(command.getUsageMessage()).containsPattern("Example:\n  .*sallyport ");
            assertThat(command.getCommandSpec().options())
                    .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
            assertThat(command.getCommandSpec().optionsMap()).containsKeys("-o", "--server", "--help");
        });
    }

    @Test
    void theOverviewNamesEveryVerb() {
        var dev = Person.at(home, Clock.systemUTC());
        assertThat(dev.types("--help").out()).contains("  login ", "  unquarantine ", "  completion ");
        assertThat(dev.types("").exit()).isEqualTo(64);
    }

    @Test
    void aMistypedVerbIsGuessed() {
        assertThat(Person.at(home, Clock.systemUTC()).types("aprove x").shown()).isEqualTo("""
                        ! usage: there is no verb "aprove"
                        hint: did you mean approve? (sallyport --help lists them)
                        -> 64
                        """);
    }

    @Test
    void completionIsWrittenForThreeShells() {
        var dev = Person.at(home, Clock.systemUTC());
        assertThat(dev.types("completion bash").out()).contains("complete -F", "_picocli_sallyport_approve");
        assertThat(dev.types("completion zsh").out()).contains("bashcompinit");
        assertThat(dev.types("completion fish").out())
                .contains("complete -c sallyport -n __fish_use_subcommand -a approve -d 'approve a request'");
        assertThat(dev.types("completion tcsh").exit()).isEqualTo(64);
    }

    private static void collect(CommandLine command, List<CommandLine> all) {
        for (CommandLine nested : command.getSubcommands().values()) {
            all.add(nested);
            collect(nested, all);
        }
    }
}
