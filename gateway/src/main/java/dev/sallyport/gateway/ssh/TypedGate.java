package dev.sallyport.gateway.ssh;

import dev.sallyport.spi.gateway.Report;
import java.util.function.Consumer;

/**
 * Puts together the line that is being typed, and judges it before its Enter passes: where a rule blocks, the Enter
 * becomes Ctrl-U, which has a shell forget the line. It knows only keys: what a shell completes, recalls from its history
 * or expands, it cannot see, as the how-to says.
 */
final class TypedGate implements InputGate {
    static final int LINE_MAX = 4096;

    private static final byte FORGET_LINE = 0x15;

    private final CommandRules rules;
    private final Consumer<Report.What> reports;
    private final Consumer<String> say;
    private final StringBuilder line = new StringBuilder();
    private int escape;

    TypedGate(CommandRules rules, Consumer<Report.What> reports, Consumer<String> say) {
        this.rules = rules;
        this.reports = reports;
        this.say = say;
    }

    @Override
    public void input(RelayedChannel channel, byte[] bytes, int offset, int length) {
        for (int at = offset; at < offset + length; at++) {
            int key = bytes[at] & 0xff;
            if (escape > 0) {
                escape = afterEscape(escape, key);
                continue;
            }
            switch (key) {
                case '\r', '\n' -> {
                    if (enter(channel)) {
                        bytes[at] = FORGET_LINE;
                    }
                }
                case 0x03, 0x15, 0x04 -> line.setLength(0);
                case 0x08, 0x7f -> line.setLength(Math.max(0, line.length() - 1));
                case 0x17 -> eraseWord();
                case 0x1b -> escape = 1;
                default -> {
                    if (key >= 0x20 && line.length() < LINE_MAX) {
                        line.append((char) key);
                    }
                }
            }
        }
    }

    private boolean enter(RelayedChannel channel) {
        String command = new String(
                line.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                java.nio.charset.StandardCharsets.UTF_8);
        line.setLength(0);
        if (command.isBlank()) {
            return false;
        }
        var blocked = rules.judge(channel.number, command, reports);
        blocked.ifPresent(say);
        return blocked.isPresent();
    }

    private void eraseWord() {
        int at = line.length();
        while (at > 0 && line.charAt(at - 1) == ' ') {
            at--;
        }
        while (at > 0 && line.charAt(at - 1) != ' ') {
            at--;
        }
        line.setLength(at);
    }

    /** Cursor keys and the like: ESC [ … letter, ESC O letter, ESC letter. */
    private static int afterEscape(int state, int key) {
        boolean goesOn = state == 1 ? key == '[' || key == 'O' : key >= '0' && key <= '9' || key == ';';
        return goesOn ? 2 : 0;
    }
}
