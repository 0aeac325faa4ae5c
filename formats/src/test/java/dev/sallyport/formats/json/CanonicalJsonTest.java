package dev.sallyport.formats.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
    /** RFC 8785, section 3.2.3. */
    @Test
    void keysAreSortedByTheirUtf16CodeUnits() {
        var map = new LinkedHashMap<String, String>();
        map.put("\u20ac", "Euro Sign");
        map.put("\r", "Carriage Return");
        map.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
        map.put("1", "One");
        map.put("\ud83d\ude00", "Emoji: Grinning Face");
        map.put("\u0080", "Control");
        map.put("\u00f6", "Latin Small Letter O With Diaeresis");

        assertThat(json(map))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                        + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                        + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
                        + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    /** RFC 8785, section 3.2.2 and its bytes in 3.2.4, without the fractions. */
    @Test
    void stringsAreEscapedAsLittleAsPossible() {
        var map = new HashMap<String, @Nullable Object>();
        map.put("string", "\u20ac$\u000f\nA'B\"\\\\\"/");
        map.put("literals", Arrays.asList(null, true, false));

        assertThat(HexFormat.of().formatHex(CanonicalJson.bytes(map)))
                .isEqualTo("7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c"
                        + "22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d");
    }

    @Test
    void everyControlCharacterHasItsShortestForm() {
        assertThat(json("\b\t\n\f\r\u0000\u001f\u007f")).isEqualTo("\"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\"");
    }

    @Test
    void everyCharacterIsWrittenAsUtf8() {
        for (int point = 0x20; point <= Character.MAX_CODE_POINT; point++) {
            if (point != '"' && point != '\\' && (point < 0xd800 || point > 0xdfff)) {
                String text = Character.toString(point);
                assertThat(json(text)).hasSize(text.length() + 2).contains(text);
            }
        }
    }

    @Test
    void nestedAndEmptyValuesKeepTheirOrder() {
        assertThat(json(Map.of("b", List.of(3, Map.of(), List.of(), ""), "a", Map.of("y", 1, "x", -2L))))
                .isEqualTo("{\"a\":{\"x\":-2,\"y\":1},\"b\":[3,{},[],\"\"]}");
    }

    @Test
    void integersAreTakenAsFarAsEveryReaderIsExact() {
        assertThat(json(List.of(0, -1, CanonicalJson.MAX_INTEGER, -CanonicalJson.MAX_INTEGER)))
                .isEqualTo("[0,-1,9007199254740991,-9007199254740991]");
        refused(CanonicalJson.MAX_INTEGER + 1);
        refused(-CanonicalJson.MAX_INTEGER - 1);
        refused(Long.MIN_VALUE);
    }

    @Test
    void whatHasNoCanonicalFormIsRefused() {
        refused(1.5);
        refused(BigDecimal.ONE);
        refused('c');
        refused(Map.of(1, 2));
        refused("\ud800");
        refused("a\udc00b");
        refused(Map.of("\ud83d", 1));
    }

    @Test
    void nestingIsBounded() {
        assertThat(json(nested(CanonicalJson.MAX_DEPTH))).startsWith("[[[");
        refused(nested(CanonicalJson.MAX_DEPTH + 1));
    }

    @Test
    void longTreesAreWrittenWhole() {
        var list = new ArrayList<String>();
        for (int i = 0; i < 10_000; i++) {
            list.add("\u0001".repeat(i % 7));
        }

        String expected = "[\"" + String.join("\",\"", list).replace("\u0001", "\\u0001") + "\"]";

        assertThat(json(list)).isEqualTo(expected);
    }

    private static Object nested(int depth) {
        Object tree = List.of();
        for (int i = 1; i < depth; i++) {
            tree = List.of(tree);
        }
        return tree;
    }

    private static void refused(Object tree) {
        assertThatThrownBy(() -> CanonicalJson.bytes(tree))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("json: ");
    }

    private static String json(Object tree) {
        return new String(CanonicalJson.bytes(tree), UTF_8);
    }
}
