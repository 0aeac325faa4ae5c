package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
    @TempDir
    Path home;

    @Test
    void trainingEndsWellAndLeavesTheHomeAlone() {
        Person person = Person.at(home, Clock.systemUTC());
        assertThat(person.types("train").exit())
                .as("a word of the launcher alone")
                .isEqualTo(64);
        person.environment().put("SALLYPORT_TRAIN", "cli");
        assertThat(person.types("train").shown()).isEqualTo("-> 0\n");
        assertThat(home).isEmptyDirectory();
    }
}
