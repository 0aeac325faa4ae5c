package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows between features are those in docs/feature-arrows.txt: a new one is a line in review. */
@NullMarked
class ArchitectureTest {
    private static final String ROOT = "dev.sallyport.";
    private static final List<String> FEATURES = List.of(
            "database",
            "audit",
            "feed",
            "finding",
            "identity",
            "catalog",
            "decision",
            "credential",
            "breakglass",
            "grant",
            "request",
            "consulting",
            "session",
            "incident",
            "review",
            "risk",
            "notification");

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sallyport");

    private static String feature(JavaClass type) {
        String rest =
                type.getPackageName().startsWith(ROOT) ? type.getPackageName().substring(ROOT.length()) : "";
        return rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
    }

    @Test
    void theArrowsBetweenFeaturesAreTheWrittenOnes() throws IOException {
        var arrows = new TreeSet<String>();
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String from = feature(type);
                String to = feature(dependency.getTargetClass());
                if (!from.equals(to) && FEATURES.contains(from) && FEATURES.contains(to)) {
                    arrows.add(from + " -> " + to);
                }
            }
        }

        Path written = Path.of("..", "docs", "feature-arrows.txt");
        assertThat(arrows)
                .containsExactlyElementsOf(Files.readAllLines(written).stream()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList());
    }

    @Test
    void everyArrowPointsToTheLeft() throws IOException {
        for (String line : Files.readAllLines(Path.of("..", "docs", "feature-arrows.txt"))) {
            if (!line.startsWith("#") && !line.isBlank()) {
                String[] ends = line.split(" -> ");
                assertThat(FEATURES.indexOf(ends[1])).as(line).isBetween(0, FEATURES.indexOf(ends[0]) - 1);
            }
        }
    }

    @Test
    void featuresFormNoCycle() {
        SlicesRuleDefinition.slices()
                .matching("dev.sallyport.(*)..")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void springStaysInDatabase() {
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                if (dependency.getTargetClass().getPackageName().startsWith("org.springframework")) {
                    assertThat(feature(type)).as(dependency.getDescription()).isEqualTo("database");
                }
            }
        }
    }
}
