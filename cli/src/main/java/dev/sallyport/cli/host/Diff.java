package dev.sallyport.cli.host;

import java.util.ArrayList;
import java.util.List;

/** The difference of two small texts, in the unified form without its file names; each line indented by two. */
final class Diff {
    private static final int CONTEXT = 3;

    private Diff() {}

    private record Line(char sign, String text, int oldAt, int newAt) {}

    static String unified(String before, String after) {
        List<Line> lines = lines(before.lines().toList(), after.lines().toList());
        var out = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            if (lines.get(at).sign() == ' ') {
                at++;
                continue;
            }
            int from = Math.max(0, at - CONTEXT);
            int to = end(lines, at);
            hunk(out, lines.subList(from, to));
            at = to;
        }
        return out.toString();
    }

    /** Where the hunk that holds this change ends: changes close together share one. */
    private static int end(List<Line> lines, int change) {
        int last = change;
        for (int i = change; i < lines.size() && i - last <= 2 * CONTEXT; i++) {
            if (lines.get(i).sign() != ' ') {
                last = i;
            }
        }
        return Math.min(lines.size(), last + CONTEXT + 1);
    }

    private static void hunk(StringBuilder out, List<Line> lines) {
        long olds = lines.stream().filter(line -> line.sign() != '+').count();
        long news = lines.stream().filter(line -> line.sign() != '-').count();
        Line first = lines.getFirst();
        out.append("  @@ -%d,%d +%d,%d @@%n"
                .formatted(first.oldAt() + (olds == 0 ? 0 : 1), olds, first.newAt() + (news == 0 ? 0 : 1), news));
        for (Line line : lines) {
            out.append("  ").append(line.sign()).append(line.text()).append('\n');
        }
    }

    /** Both texts in one, by their longest common subsequence. */
    private static List<Line> lines(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        var lines = new ArrayList<Line>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add(new Line(' ', before.get(i), i++, j++));
            } else if (j == after.size() || i < before.size() && common[i + 1][j] >= common[i][j + 1]) {
                lines.add(new Line('-', before.get(i), i++, j));
            } else {
                lines.add(new Line('+', after.get(j), i, j++));
            }
        }
        return lines;
    }
}
