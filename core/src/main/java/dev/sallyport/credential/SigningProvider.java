package dev.sallyport.credential;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;
import org.jspecify.annotations.Nullable;

/** The fastest provider of signatures on this machine: Amazon Corretto's where it has a build, otherwise the JDK's. */
public final class SigningProvider {
    private static final @Nullable Provider FOUND = find();

    private SigningProvider() {}

    /** To be passed to each operation; null means the JDK's own choice. */
    public static @Nullable Provider get() {
        return FOUND;
    }

    private static @Nullable Provider find() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            return provider.getLoadingError() == null && provider.getService("Signature", "EdDSA") != null
                    ? provider
                    : null;
        } catch (LinkageError _) {
            return null;
        }
    }
}
