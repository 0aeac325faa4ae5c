package dev.sallyport.session;

import dev.sallyport.base.Secret;
import java.util.Optional;

/** Passwords and private keys of targets that know no certificates, by name; what people never see. */
@FunctionalInterface
public interface StoredSecrets {
    StoredSecrets NONE = _ -> Optional.empty();

    Optional<Secret> find(String name);
}
