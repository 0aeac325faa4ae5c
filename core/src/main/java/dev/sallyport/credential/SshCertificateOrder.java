package dev.sallyport.credential;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.SessionId;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A certificate to be made for a lease.
 *
 * @param session the session it is for, where a gateway asked
 * @param principals what it opens, {@code target/login}; never empty
 * @param sourceAddress the only address it works from, if the role binds it
 */
public record SshCertificateOrder(
        LeaseId lease,
        String person,
        RequestId request,
        GrantId grant,
        Optional<SessionId> session,
        List<String> principals,
        SshPublicKey key,
        Instant from,
        Instant until,
        List<String> extensions,
        Optional<String> sourceAddress) {
    public SshCertificateOrder {
        principals = List.copyOf(principals);
        extensions = List.copyOf(extensions);
    }
}
