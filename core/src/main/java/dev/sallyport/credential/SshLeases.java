package dev.sallyport.credential;

import dev.sallyport.database.Database;
import dev.sallyport.spi.Cut;
import dev.sallyport.spi.LeaseSpec;
import dev.sallyport.spi.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Leases of SSH certificates. One is closed when the host has confirmed a revocation list that names it, or when the
 * certificate has expired; a host that never enrolled confirms nothing, so there only expiry counts.
 */
public final class SshLeases implements Leases {
    public static final String KIND = "ssh-certificate";

    /** How far a host's clock may be behind before an expired certificate counts as dead. */
    public static final Duration SKEW = Duration.ofSeconds(5);

    private final Database database;

    public SshLeases(Database database) {
        this.database = database;
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** How fast a certificate for a target can be cut, whose host is enrolled or not. */
    public static Cut cut(boolean enrolled) {
        return enrolled ? Cut.POLL : Cut.EXPIRY;
    }

    @Override
    public Closing close(LeaseSpec lease, Instant now) {
        return closeAll(List.of(lease), now).getFirst();
    }

    @Override
    public List<Closing> closeAll(List<LeaseSpec> leases, Instant now) {
        List<String> targets = leases.stream()
                .filter(lease -> !isDead(lease, now))
                .map(lease -> lease.target().value())
                .distinct()
                .toList();
        Map<String, Long> confirmed = targets.isEmpty() ? Map.of() : confirmed(targets);
        return leases.stream()
                .map(lease -> closing(
                        lease, Optional.ofNullable(confirmed.get(lease.target().value())), now))
                .toList();
    }

    private Map<String, Long> confirmed(List<String> targets) {
        var versions = new HashMap<String, Long>();
        database.read(rx -> rx.list(
                "select target_id, version from krl_confirmation where target_id = any(?::text[])",
                row -> versions.put(row.getString(1), row.getLong(2)) == null,
                targets));
        return versions;
    }

    private static Closing closing(LeaseSpec lease, Optional<Long> confirmed, Instant now) {
        if (isDead(lease, now)) {
            return new Closing.Closed("expired");
        }
        if (confirmed.isPresent() && confirmed.get() >= lease.feedVersion()) {
            return new Closing.Closed("the host has applied revocation list " + confirmed.get());
        }
        return new Closing.Unconfirmed("the host has "
                + confirmed.map(version -> "applied revocation list " + version).orElse("confirmed no revocation list")
                + ", wanted " + lease.feedVersion() + "; the certificate expires at " + lease.expiresAt());
    }

    private static boolean isDead(LeaseSpec lease, Instant now) {
        return !now.isBefore(lease.expiresAt().plus(SKEW));
    }
}
