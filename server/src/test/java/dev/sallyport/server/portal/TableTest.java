package dev.sallyport.server.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A list as a file says what it is. */
class TableTest {
    private static Table.Of<String> names() {
        return new Table.Of<String>().column("Name", Cell::words);
    }

    @Test
    void aFileThatIsNotAllOfAListSaysSo() {
        String all = names().rows(List.of("one", "two")).csv();
        String part =
                names().next("/names?after=two").rows(List.of("one", "two")).csv();

        assertThat(all).isEqualTo("Name\r\none\r\ntwo\r\n");
        assertThat(part).isEqualTo(all + "There is more: these are the first 2 rows.\r\n");
    }

    private static String onwards(String asked, String up, String down) {
        return names().sorted(
                        Table.Sorting.of(asked, up.equals("name") ? "name" : "newest", up, down, order -> "/" + order))
                .next("/names?after=two")
                .rows(List.of("one"))
                .onwards();
    }

    @Test
    void whereAListGoesOnIsSaidAsItIsSorted() {
        assertThat(onwards("", "oldest", "newest")).isEqualTo("Older");
        assertThat(onwards("oldest", "oldest", "newest")).isEqualTo("Newer");
        assertThat(onwards("due", "oldest", "newest")).isEqualTo("More");
        assertThat(onwards("", "name", "name-desc")).isEqualTo("More");
        assertThat(names().next("/x").rows(List.of("one")).onwards()).isEqualTo("More");
    }

    @Test
    void nothingInItIsAFormula() {
        assertThat(names().rows(List.of("=1+1", "a;=2", "say \"x\"")).csv())
                .isEqualTo("Name\r\n'=1+1\r\n\"a;'=2\"\r\n\"say \"\"x\"\"\"\r\n");
    }
}
