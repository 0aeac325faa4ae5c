package dev.sallyport.breakglass;

import dev.sallyport.base.Ids;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Names;
import dev.sallyport.formats.breakglass.KitRefusal;
import dev.sallyport.formats.ssh.SshKeyType;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What is known here of a kit; never a share.
 *
 * @param createdBy the person who proposed it
 * @param confirmedBy the other person, who compared the fingerprint
 */
public record Kit(
        String id,
        String name,
        State state,
        SshPublicKey ca,
        int threshold,
        List<String> custodians,
        Instant createdAt,
        String createdBy,
        Optional<String> confirmedBy,
        Optional<Instant> endedAt) {
    public Kit {
        custodians = List.copyOf(custodians);
    }

    /** Proposed by one person, trusted by hosts after a second one's word, until it is retired or was opened. */
    public enum State {
        PROPOSED,
        TRUSTED,
        RETIRED,
        COMPROMISED
    }

    /** The public part of a kit that somebody made. */
    public record Proposal(String id, String name, SshPublicKey ca, int threshold, List<String> custodians) {
        public Proposal {
            custodians = List.copyOf(custodians);
            Ids.check(dev.sallyport.formats.breakglass.Kit.PREFIX, id);
            Names.check("name", name);
            custodians.forEach(custodian -> Names.check("custodian", custodian));
            if (ca.type() != SshKeyType.ED25519) {
                throw InputRefusal.INVALID_VALUE.because("public_key: " + ca.algorithm() + " (expected: ssh-ed25519)");
            }
            if (new HashSet<>(custodians).size() != custodians.size()) {
                throw KitRefusal.INVALID_CUSTODIANS.because(
                        "custodians: one is named twice (expected: one share each)");
            }
            int least = dev.sallyport.formats.breakglass.Kit.THRESHOLD_MIN;
            if (custodians.size() > 255 || threshold < least || threshold > custodians.size()) {
                throw KitRefusal.INVALID_THRESHOLD.because("threshold: " + threshold + " of " + custodians.size()
                        + " (expected: " + least + " up to the number of custodians, at most 255)");
            }
        }
    }
}
