package dev.sallyport.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.bench.Recorders.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What people and programs do on terminals, made up from a fixed seed, at simulated times. */
final class TerminalWorkloads {
    private static final String PROMPT = "\u001b[01;32mdeploy@web-1\u001b[00m:\u001b[01;34m/srv/app\u001b[00m$ ";

    private static final List<String> COMMANDS = List.of(
            "ls -la",
            "git status",
            "tail -n 40 /var/log/syslog",
            "systemctl status nginx",
            "df -h",
            "grep -rn timeout config/",
            "cd releases",
            "vim app.yaml",
            "curl -s localhost:8080/health",
            "ps aux | head -30",
            "sudo journalctl -u app --since today",
            "cat README.md");

    private TerminalWorkloads() {}

    /**
     * Somebody types commands with mistakes, reads what comes, and edits a file now and then. What a command answers is
     * the same each time but for one line in six, or all new.
     */
    static List<Write> interactive(int rounds, boolean repeats) {
        var session = new Session(new Random(11), repeats);
        for (int i = 0; i < rounds; i++) {
            session.command(COMMANDS.get(session.random.nextInt(COMMANDS.size())));
        }
        return session.writes;
    }

    /** A compiler's output, in writes of up to 4 KiB as fast as it comes. */
    static List<Write> bulk(int size) {
        var random = new Random(12);
        var text = new StringBuilder();
        while (text.length() < size) {
            compile(random, text);
        }
        byte[] bytes = text.toString().getBytes(UTF_8);
        var writes = new ArrayList<Write>();
        long at = 0;
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 200 + random.nextInt(3900));
            writes.add(new Write(at, false, java.util.Arrays.copyOfRange(bytes, from, to)));
            at += random.nextInt(30);
            from = to;
        }
        return writes;
    }

    private static void compile(Random random, StringBuilder text) {
        String file = "src/" + name(random) + "/" + name(random) + "_" + name(random);
        text.append("[%3d%%] \u001b[32mBuilding CXX object CMakeFiles/app.dir/%s.cc.o\u001b[0m\r\n"
                .formatted(random.nextInt(101), file));
        text.append("/usr/bin/c++ -DNDEBUG -Iinclude -Ithird_party/")
                .append(name(random))
                .append(" -O2 -g -Wall -Wextra -std=c++20 -MD -MT CMakeFiles/app.dir/")
                .append(file)
                .append(".cc.o -o CMakeFiles/app.dir/")
                .append(file)
                .append(".cc.o -c ")
                .append(file)
                .append(".cc\r\n");
        for (int i = random.nextInt(3); i > 0; i--) {
            int line = random.nextInt(900);
            text.append("\u001b[01m")
                    .append(file)
                    .append(".cc:")
                    .append(line)
                    .append(":")
                    .append(random.nextInt(80))
                    .append(":\u001b[0m \u001b[01;35mwarning:\u001b[0m unused variable '")
                    .append(name(random))
                    .append("' [-Wunused-variable]\r\n  ")
                    .append(line)
                    .append(" |     auto ")
                    .append(name(random))
                    .append(" = ")
                    .append(name(random))
                    .append("(")
                    .append(name(random))
                    .append(");\r\n");
        }
    }

    private static String name(Random random) {
        String[] parts = {"parse", "request", "buffer", "session", "index", "cache", "token", "stream", "policy", "node"
        };
        return parts[random.nextInt(10)]
                + (random.nextInt(3) == 0 ? "_" + parts[random.nextInt(10)] : "")
                + (random.nextInt(4) == 0 ? random.nextInt(100) : "");
    }

    private static final class Session {
        private final Random random;
        private final List<Write> writes = new ArrayList<>();
        private final boolean repeats;
        private final java.util.Map<String, List<String>> answers = new java.util.HashMap<>();
        private long now;

        Session(Random random, boolean repeats) {
            this.random = random;
            this.repeats = repeats;
            out(PROMPT);
        }

        void command(String command) {
            now += 1500 + random.nextInt(6000);
            for (int i = 0; i < command.length(); i++) {
                char c = command.charAt(i);
                if (random.nextInt(25) == 0) {
                    key("q", "q");
                    key("\u007f", "\b\u001b[K");
                }
                key(String.valueOf(c), String.valueOf(c));
            }
            key("\r", "\r\n");
            now += 3 + random.nextInt(60);
            if (command.startsWith("vim")) {
                edit();
            } else {
                answer(command);
            }
            out(PROMPT);
        }

        private void key(String typed, String echo) {
            now += 60 + (long) Math.min(900, Math.abs(random.nextGaussian()) * 120);
            writes.add(new Write(now, true, typed.getBytes(UTF_8)));
            now += 1 + random.nextInt(12);
            out(echo);
        }

        private void out(String text) {
            writes.add(new Write(now, false, text.getBytes(UTF_8)));
        }

        private void answer(String command) {
            var lines = repeats ? answers.computeIfAbsent(command, _ -> fresh(command)) : fresh(command);
            var text = new StringBuilder();
            for (int i = 0; i < lines.size(); i++) {
                if (repeats && random.nextInt(6) == 0) {
                    lines.set(i, line(command));
                }
                text.append(lines.get(i));
                if (random.nextInt(6) == 0) {
                    out(text.toString());
                    text.setLength(0);
                    now += random.nextInt(40);
                }
            }
            out(text.toString());
            now += random.nextInt(20);
        }

        private List<String> fresh(String command) {
            var lines = new ArrayList<String>();
            for (int i = 2 + random.nextInt(30); i > 0; i--) {
                lines.add(line(command));
            }
            return lines;
        }

        private String line(String command) {
            return "-rw-r--r-- 1 deploy deploy %7d Nov %2d %02d:%02d %s.%s %s\r\n"
                    .formatted(
                            random.nextInt(5_000_000),
                            1 + random.nextInt(28),
                            random.nextInt(24),
                            random.nextInt(60),
                            name(random),
                            name(random),
                            command.length() % 3 == 0 ? name(random) : "");
        }

        private void edit() {
            out("\u001b[?1049h\u001b[1;24r\u001b[2J\u001b[H");
            for (int i = 0; i < 23; i++) {
                out("\u001b[%d;1H  %s: %s\u001b[K".formatted(i + 1, name(random), name(random)));
            }
            for (int i = 10 + random.nextInt(60); i > 0; i--) {
                String c = String.valueOf((char) ('a' + random.nextInt(26)));
                key(c, "\u001b[?25l\u001b[24;63H%d,%d\u001b[7;%dH%s\u001b[?25h".formatted(7, i, i, c));
            }
            key(":", "\u001b[24;1H\u001b[K:");
            key("x", "x");
            key("\r", "\u001b[?1049l");
        }
    }
}
