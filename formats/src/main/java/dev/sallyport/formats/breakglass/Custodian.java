package dev.sallyport.formats.breakglass;

import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import java.util.regex.Pattern;

/** Who keeps a share, and what it is locked with. */
public record Custodian(String name, Lock lock) {
    public Custodian {
        Names.check("custodian", name);
    }

    /** How a share is encrypted for its custodian. */
    public sealed interface Lock {
        /** To an X25519 recipient of the age format. */
        record Age(String recipient) implements Lock {
            private static final Pattern RECIPIENT = Pattern.compile("age1[02-9ac-hj-np-z]{58}");

            public Age {
                if (!RECIPIENT.matcher(recipient).matches()) {
                    throw KitRefusal.INVALID_CUSTODIANS.because("age recipient: " + Text.quoted(recipient)
                            + " (expected: age1 and 58 letters and digits, as age-keygen prints it)");
                }
            }
        }

        /** By a key derived from a passphrase with Argon2id. */
        record Passphrase() implements Lock {}
    }
}
