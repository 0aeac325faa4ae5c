package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** The catalogue as one YAML text; applied to the catalogue it came from, it changes nothing. */
public final class CatalogExport {
    private static final int PAGE = 1_000;

    private CatalogExport() {}

    /** All objects, or those of one kind; the product itself is left out. */
    public static String yaml(Rx rx, Optional<Kind> only) {
        var dump = new Dump(DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setExplicitStart(true)
                .setDereferenceAliases(true)
                .setWidth(10_000)
                .build());
        var text = new StringBuilder();
        for (Kind kind : Kind.values()) {
            if (only.isEmpty() || only.get() == kind) {
                append(rx, kind, dump, text);
            }
        }
        return text.toString();
    }

    private static void append(Rx rx, Kind kind, Dump dump, StringBuilder text) {
        String after = "";
        List<Stored> page;
        do {
            page = CatalogStore.page(rx, kind, false, after, "", PAGE);
            for (Stored object : page) {
                after = object.name();
                if (!object.isBuiltIn()) {
                    text.append(dump.dumpToString(object.written()));
                }
            }
        } while (page.size() == PAGE);
    }
}
