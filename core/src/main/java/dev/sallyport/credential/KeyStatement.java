package dev.sallyport.credential;

import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.formats.ssh.SshSignature;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What enrolled hosts must trust, as one text: the keys that sign revocation lists, the target authorities and the
 * authorities of break-glass kits. Every one of the first two kinds that may sign has signed it. A host takes over the keys
 * of a purpose if one that it trusts for this very purpose signed, so each kind of key vouches for its own successors. A
 * target authority, which opens every account anyway, also vouches for those of kits; these vouch for nothing.
 */
public final class KeyStatement {
    /** The SSHSIG namespace of the signatures: whoever signs a list says nothing about keys by it. */
    public static final String NAMESPACE = "keys@sallyport";

    private static final List<CaPurpose> PURPOSES = List.of(CaPurpose.KRL, CaPurpose.TARGET);
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Database database;
    private final SshAuthorities authorities;
    private volatile @Nullable Made made;

    public KeyStatement(Database database, SshAuthorities authorities) {
        this.database = database;
        this.authorities = authorities;
    }

    /**
     * One version.
     *
     * @param signatures armored (PROTOCOL.sshsig), one after the other
     */
    public record Published(long version, String text, String signatures) {}

    private record Made(Published published, long atNanos) {}

    /** The newest, or one that was a few seconds ago. */
    public Published current() {
        Made known = made;
        if (known == null || System.nanoTime() - known.atNanos() > KEEP_NANOS) {
            long at = System.nanoTime();
            known = new Made(database.read(this::make), at);
            made = known;
        }
        return known.published();
    }

    /**
     * The number of what must be trusted now: the instant, in milliseconds, at which a key joined or stopped being trusted
     * last. Only grows.
     */
    public static long version(Rx rx) {
        return rx.one("""
                        select greatest(coalesce(max((extract(epoch from greatest(created_at,
                                   case when retired_at + ?::bigint * interval '1 millisecond' <= ?
                                        then retired_at + ?::bigint * interval '1 millisecond' end)) * 1000)::bigint), 0),
                               (select max((extract(epoch from greatest(trusted_at, distrusted_at)) * 1000)::bigint)
                                  from emergency_ca where trusted_at is not null))
                          from ssh_ca_key where purpose in ('krl', 'target')
                        """, row -> row.getLong(1), SshAuthorities.USER_TRUST, rx.now(), SshAuthorities.USER_TRUST)
                .orElseThrow();
    }

    /** Enrolled hosts that have not taken the newest over, or do not say so. */
    public static List<String> lacking(Rx rx, int limit) {
        return rx.list("""
                select t.name from target t left join krl_confirmation c on c.target_id = t.id
                 where t.host_token_hash is not null and c.keys_version is distinct from ? order by t.name limit ?
                """, row -> row.getString(1), version(rx), limit);
    }

    private Published make(Rx rx) {
        long version = version(rx);
        var text =
                new StringBuilder("sallyport-keys 1\nversion ").append(version).append('\n');
        for (CaPurpose purpose : PURPOSES) {
            SshAuthorities.keys(rx, purpose)
                    .forEach(key -> text.append(purpose.name().toLowerCase(Locale.ROOT))
                            .append(' ')
                            .append(key.publicKey().line())
                            .append('\n'));
        }
        EmergencyAuthorities.trusted(rx)
                .forEach(key -> text.append("emergency ").append(key.line()).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        var signatures = new StringBuilder();
        authorities
                .vouchers(rx, PURPOSES)
                .forEach(signing -> signatures
                        .append(SshSignature.sign(signing.signer(), NAMESPACE, bytes)
                                .strip())
                        .append('\n'));
        return new Published(version, text.toString(), signatures.toString());
    }
}
