package dev.sallyport.incident;

import dev.sallyport.base.Secret;
import java.util.List;
import java.util.Optional;

/** The secrets of incident sources, by the name of their file. Read at every use, so that they can be changed meanwhile. */
@FunctionalInterface
public interface SourceSecrets {
    /** The shortest secret that counts, in characters. */
    int SHORTEST = 16;

    /** How many may hold at once, during a rotation. */
    int MOST = 5;

    /** What the file holds. */
    Optional<Secret> file(String name);

    /** Its lines, those that are long enough to be a secret. */
    default List<Secret> of(String name) {
        return file(name).stream()
                .flatMap(text -> text.reveal().lines())
                .map(String::strip)
                .filter(line -> line.length() >= SHORTEST)
                .limit(MOST)
                .map(Secret::of)
                .toList();
    }
}
