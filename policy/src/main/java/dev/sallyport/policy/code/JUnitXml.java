package dev.sallyport.policy.code;

import dev.sallyport.base.Text;
import java.util.List;

/** Results of tests in the form that CI programs read. */
public final class JUnitXml {
    private final StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    private JUnitXml() {}

    /** A suite's name, and how its cases went. */
    public record Suite(String name, List<PolicyTest.Result> results) {
        public Suite {
            results = List.copyOf(results);
        }

        long failures() {
            return results.stream().filter(result -> !result.passed()).count();
        }
    }

    public static String of(List<Suite> suites) {
        var xml = new JUnitXml();
        long tests = suites.stream().mapToLong(suite -> suite.results().size()).sum();
        long failures = suites.stream().mapToLong(Suite::failures).sum();
        xml.text.append("<testsuites tests=\"%d\" failures=\"%d\">\n".formatted(tests, failures));
        suites.forEach(xml::suite);
        return xml.text.append("</testsuites>\n").toString();
    }

    private void suite(Suite suite) {
        text.append("  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n"
                .formatted(escaped(suite.name()), suite.results().size(), suite.failures()));
        for (PolicyTest.Result result : suite.results()) {
            String begin = "    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%d\""
                    .formatted(
                            escaped(suite.name()),
                            escaped(result.of().name()),
                            escaped(result.of().file()),
                            result.of().line());
            if (result.passed()) {
                text.append(begin).append("/>\n");
            } else {
                text.append(begin)
                        .append(">\n      <failure message=\"")
                        .append(escaped(String.join("; ", result.differences())))
                        .append("\">");
                result.ruling()
                        .trace()
                        .forEach(step -> text.append(escaped(step.shown())).append('\n'));
                text.append("</failure>\n    </testcase>\n");
            }
        }
        text.append("  </testsuite>\n");
    }

    private static String escaped(String value) {
        return Text.printable(value)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
