package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.output.Times;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.shell.Failure;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class OutputTest {
    private final Times berlin = new Times(Instant.parse("2026-11-22T12:40:00Z"), ZoneId.of("Europe/Berlin"));

    @Test
    void timesAreInTheReadersZoneWithWhatIsLeft() {
        assertThat(berlin.relative("2026-11-22T13:05:00Z")).isEqualTo("14:05 (in 25m)");
        assertThat(berlin.relative("2026-11-22T12:05:30Z")).isEqualTo("13:05 (34m ago)");
        assertThat(berlin.relative("2026-11-24T13:05:00Z")).isEqualTo("2026-11-24 14:05 (in 2d)");
        assertThat(berlin.relative("")).isEmpty();
    }

    @Test
    void aClockTimeIsTheNextOrTheLastOne() {
        assertThat(berlin.future("--from", "14:05")).isEqualTo("2026-11-22T13:05:00Z");
        assertThat(berlin.future("--from", "9:00")).isEqualTo("2026-11-23T08:00:00Z");
        assertThat(berlin.past("--since", "14:05")).isEqualTo("2026-11-21T13:05:00Z");
        assertThat(berlin.past("--since", "1d")).isEqualTo("2026-11-21T12:40:00Z");
        assertThat(berlin.past("--since", "2026-11-01T00:00:00+01:00")).isEqualTo("2026-10-31T23:00:00Z");
    }

    @Test
    void aTimeThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> berlin.future("--from", "25:00"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("--from: \"25:00\" (expected: a time such as 14:30");
    }

    @Test
    void theWidestColumnIsCutAndWideCharactersCountTwice() {
        var table = Table.of("ID", "NAME", "ABOUT").row("req_1", "漢字", "x".repeat(40));
        assertThat(table.render(24)).isEqualTo("""
                ID     NAME  ABOUT
                req_1  漢字  xxxxxxxxxx…
                """);
    }

    @Test
    void yamlQuotesWhatCouldBeReadAsSomethingElse() {
        assertThat(Yaml.write(Json.read("""
                        {"name":"web-1","state":"yes","port":22,"none":null,"empty":[],"time":"2026-11-22","list":[{"a":"b: c"},"d"]}"""))).isEqualTo("""
                        name: web-1
                        state: "yes"
                        port: 22
                        none: null
                        empty: []
                        time: "2026-11-22"
                        list:
                          -
                            a: "b: c"
                          - d
                        """);
    }

    @Test
    void jsonSurvivesReadingAndWriting() {
        String json = """
                {"a":[1,2.50,true,null,{}],"b":"line\\nquote\\"back\\\\ \\u001b é","c":12345678901234567890}""";
        assertThat(Json.compact(Json.read(json))).isEqualTo(json);
        assertThat(Json.read("{\"a\":").isMissingNode()).isTrue();
        assertThat(Json.read("").isMissingNode()).isTrue();
    }
}
