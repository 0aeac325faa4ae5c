import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Reads every surefire report below a folder, prints the slowest classes and the failing tests, and writes the counts
 * {@code passed failed skipped} to a file for the launcher. Run from source by {@code ./sallyport test}.
 */
final class TestReport {
    private static final int SLOWEST = 10;
    private static final Set<String> PRUNED = Set.of("node_modules", ".git", ".build", "src");

    record Slow(String name, double seconds) {}

    public static void main(String[] args) throws Exception {
        var passed = 0;
        var skipped = new ArrayList<String>();
        var failing = new ArrayList<String>();
        var slow = new ArrayList<Slow>();
        var builders = DocumentBuilderFactory.newInstance();
        builders.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        for (Path report : reports(Path.of(args[0]))) {
            Element suite = builders.newDocumentBuilder().parse(report.toFile()).getDocumentElement();
            slow.add(new Slow(suite.getAttribute("name"), seconds(suite)));
            var cases = suite.getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                var test = (Element) cases.item(i);
                String name = test.getAttribute("classname") + "." + test.getAttribute("name");
                if (has(test, "failure") || has(test, "error")) {
                    failing.add(name);
                } else if (has(test, "skipped")) {
                    skipped.add(name);
                } else {
                    passed++;
                }
            }
        }
        print("slowest classes:", slow.stream()
                .sorted(Comparator.comparingDouble(Slow::seconds).reversed())
                .limit(SLOWEST)
                .map(c -> String.format(Locale.ROOT, "%8.2f s  %s", c.seconds(), c.name()))
                .toList());
        print("failing:", failing);
        print("skipped:", skipped);
        Files.writeString(Path.of(args[1]), passed + " " + failing.size() + " " + skipped.size() + "\n");
    }

    private static void print(String title, List<String> lines) {
        if (!lines.isEmpty()) {
            System.out.println(title);
            lines.forEach(line -> System.out.println("  " + line));
        }
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }

    /** Surefire writes thousands with a comma. */
    private static double seconds(Element suite) {
        String time = suite.getAttribute("time").replace(",", "");
        return time.isEmpty() ? 0 : Double.parseDouble(time);
    }

    private static List<Path> reports(Path root) throws IOException {
        var found = new ArrayList<Path>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                Path name = folder.getFileName();
                return name != null && !folder.equals(root) && PRUNED.contains(name.toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.startsWith("TEST-") && name.endsWith(".xml") && file.getParent().endsWith("target/surefire-reports")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.naturalOrder());
        return found;
    }
}
