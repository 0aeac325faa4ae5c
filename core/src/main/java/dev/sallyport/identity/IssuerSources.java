package dev.sallyport.identity;

import dev.sallyport.database.Rx;
import java.util.List;

/** Knows which providers speak for an issuer; implemented by the catalogue, which holds their documents. */
@FunctionalInterface
public interface IssuerSources {
    /** Names of the providers of this issuer. */
    List<String> providers(Rx rx, String issuer);
}
