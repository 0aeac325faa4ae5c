package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import dev.sallyport.identity.IssuerSources;
import java.util.List;

/** Which documents of providers name an issuer. */
public final class ProvidersOfIssuer implements IssuerSources {
    @Override
    public List<String> providers(Rx rx, String issuer) {
        return OidcProvider.all(rx).stream()
                .filter(provider -> provider.issuer().equals(issuer))
                .map(OidcProvider::name)
                .toList();
    }
}
