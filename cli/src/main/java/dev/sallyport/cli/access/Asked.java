package dev.sallyport.cli.access;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What was asked for: {@code ops web-1,web-2 dba prod-db} is three items. */
final class Asked {
    private Asked() {}

    static ArrayNode items(List<String> words) {
        if (words.size() % 2 != 0) {
            throw Failure.usage(
                    "request: " + words.size() + " words (expected: pairs of ROLE TARGET[,TARGET…])",
                    "sallyport request ops web-1,web-2 --for 1h --reason …");
        }
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < words.size(); i += 2) {
            for (String target : words.get(i + 1).split(",", -1)) {
                if (target.isBlank()) {
                    throw Failure.usage("request: an empty target among \"" + words.get(i + 1) + '"', null);
                }
                items.add(Json.object().put("role", words.get(i)).put("target", target.strip()));
            }
        }
        return items;
    }
}
