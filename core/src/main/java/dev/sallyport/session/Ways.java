package dev.sallyport.session;

import dev.sallyport.base.Labels;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Through which gateways a target is reached, the nearest first. */
public final class Ways {
    /** A gateway that has said nothing for longer is not offered to anybody; they are heard every five seconds. */
    public static final Duration HEARD_WITHIN = Duration.ofSeconds(30);

    /** No more gateways than these are offered for one target. */
    private static final int MOST = 20;

    private static final Comparator<Way> NEAREST_FIRST = Comparator.comparingInt(
                    (Way way) -> -way.labels().values().size())
            .thenComparing(way -> !way.builtIn())
            .thenComparing(Way::gateway);

    private Ways() {}

    /**
     * A gateway and where people connect to it.
     *
     * @param labels it reaches only targets that carry all of these; the more of them, the nearer it counts
     * @param builtIn whether it runs inside a server
     */
    public record Way(String gateway, Labels labels, String address, int port, boolean builtIn) {
        boolean reaches(Target target) {
            return Gateway.reaches(labels, target);
        }
    }

    /** @param here the gateway of the server that answers */
    static List<Way> to(Rx rx, Target target, Optional<Way> here) {
        List<Way> remote = rx.list(
                """
                        select g.name, g.labels, coalesce(g.address, g.name) as address, g.port
                          from gateway g join gateway_contact c on c.gateway_id = g.id
                         where not g.built_in and g.key_hash is not null and g.withdrawn_at is null and c.seen_at > ?
                           and ?::jsonb @> g.labels
                         order by g.name limit ?
                        """,
                row -> new Way(
                        row.getString("name"),
                        new Labels(new Spec(Map.of("l", Json.object(row.getString("labels")))).pairs("l")),
                        row.getString("address"),
                        row.getInt("port"),
                        false),
                rx.now().minus(HEARD_WITHIN),
                Json.text(target.labels().values()),
                MOST);
        return Stream.concat(here.stream(), remote.stream())
                .filter(way -> way.reaches(target))
                .sorted(NEAREST_FIRST)
                .toList();
    }
}
