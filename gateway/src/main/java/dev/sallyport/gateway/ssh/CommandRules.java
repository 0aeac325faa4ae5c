package dev.sallyport.gateway.ssh;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sallyport.base.Text;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Act;
import dev.sallyport.spi.gateway.SessionTerms.CommandRule;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for patterns in commands. RE2/J, because patterns and commands both come from outside and its time is linear in
 * both; the JDK's own expressions can be made to run for ever.
 */
final class CommandRules {
    /** More of a command than this is not looked at; a command that long is blocked wherever a rule blocks. */
    static final int COMMAND_MAX = 64 * 1024;

    private final List<Rule> rules;

    private record Rule(Pattern pattern, String source, boolean blocks, String message) {}

    private CommandRules(List<Rule> rules) {
        this.rules = rules;
    }

    /** A pattern that cannot be read refuses the session: what was to be blocked would pass. */
    static CommandRules of(List<CommandRule> rules) {
        return new CommandRules(rules.stream().map(CommandRules::compile).toList());
    }

    private static Rule compile(CommandRule rule) {
        try {
            return new Rule(
                    Pattern.compile(rule.pattern(), Pattern.DOTALL),
                    rule.pattern(),
                    rule.act() == Act.BLOCK,
                    rule.message());
        } catch (PatternSyntaxException _) {
            throw dev.sallyport.base.InputRefusal.INVALID_VALUE.because(
                    "command rule: " + Text.quoted(rule.pattern()) + " (expected: a pattern in RE2 syntax)");
        }
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Tells of every rule that matches; returns what to say to the user if one of them blocks. */
    Optional<String> judge(int channel, String command, Consumer<Report.What> reports) {
        boolean tooLong = command.length() > COMMAND_MAX;
        String looked = tooLong ? command.substring(0, COMMAND_MAX) : command;
        Optional<String> blocked = Optional.empty();
        for (Rule rule : rules) {
            if (rule.pattern().matcher(looked).find() || tooLong && rule.blocks()) {
                reports.accept(new Report.RuleMatched(channel, rule.source(), rule.blocks(), Text.printable(looked)));
                if (rule.blocks() && blocked.isEmpty()) {
                    blocked = Optional.of(
                            rule.message().isEmpty() ? "A rule of this role forbids this command." : rule.message());
                }
            }
        }
        return blocked;
    }

    /** Who looks at what is typed; nobody when there is nothing to look for. */
    @Nullable
    InputGate typed(RelayedChannel channel, Consumer<Report.What> reports, Consumer<String> say) {
        return rules.isEmpty() ? null : new TypedGate(this, reports, say);
    }
}
