package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.document.SourceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in a file: errors with a place, or a set that decides. */
class PolicyFuzzTest {
    private static final Path COOKBOOK = Path.of("..", "examples", "policies");
    private static final int ROUNDS = Integer.getInteger("sallyport.fuzz", 600);
    private static final String[] SCRAPS = {
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "&&",
        "||",
        "!",
        "\"",
        "'",
        "\\",
        ".",
        ",",
        ": ",
        "- ",
        "\n",
        "|\n",
        ">-\n",
        "#",
        "null",
        "true",
        "1e9",
        "-1",
        "0x",
        "in",
        "has(",
        "dyn(",
        ".exists(a, ",
        ".all(a, ",
        "? 1 : 2",
        "context.time",
        "calendar.",
        "b'x'",
        "r'",
        "\"\"\"",
        "1u",
        "9223372036854775808",
        "/ 0",
        "% 0",
        "Policy",
        "deny",
        "none",
        "24:00",
        "PT0S",
        "\u00e4",
        "\uD83D\uDE00"
    };

    @Test
    void mutatedPoliciesGiveErrorsWithAPlaceOrDecide() throws IOException {
        long seed = Long.getLong("sallyport.seed", 20_261_126L);
        var random = new Random(seed);
        String company = java.nio.file.Files.readString(COOKBOOK.resolve("company.yaml"));
        List<Path> recipes;
        try (var paths = java.nio.file.Files.list(COOKBOOK)) {
            recipes = paths.filter(path -> path.getFileName().toString().matches("[0-9]{2}-.*"))
                    .sorted()
                    .toList();
        }
        int sound = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = mutated(java.nio.file.Files.readString(recipes.get(random.nextInt(recipes.size()))), random);
            try {
                sound += holds(company, text) ? 1 : 0;
            } catch (RuntimeException | StackOverflowError | AssertionError e) {
                throw new AssertionError("seed " + seed + ", round " + i + ": " + text, e);
            }
        }
        assertThat(sound).isBetween(1, ROUNDS - 1);
    }

    private static boolean holds(String company, String text) {
        PolicyFiles files;
        try {
            files = PolicyFiles.read(List.of(new SourceFile("company.yaml", company), new SourceFile("f.yaml", text)));
        } catch (Refusal _) {
            return false;
        }
        long lines = text.lines().count() + 2;
        assertThat(files.errors()).allSatisfy(error -> {
            assertThat(error.line())
                    .isBetween(1, (int) Math.max(lines, company.lines().count() + 1));
            assertThat(error.column()).isPositive();
            assertThat(error.message()).isNotBlank();
        });
        assertThat(files.set().isEmpty()).isEqualTo(!files.errors().isEmpty());
        files.set().ifPresent(set -> {
            files.tests().forEach(test -> test.run(set));
            Ruling ruling = set.decide(Files.question("{}"), Files.NOON);
            assertThat(ruling).isEqualTo(set.decide(Files.question("{}"), Files.NOON));
        });
        return files.set().isPresent();
    }

    private static String mutated(String original, Random random) {
        var text = new StringBuilder(original);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0, 1 -> text.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
            }
        }
        return text.toString();
    }
}
