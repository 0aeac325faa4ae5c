package dev.sallyport.identity;

import java.util.List;

/**
 * What a provider may do here.
 *
 * @param provision whether somebody unknown becomes a person by signing in
 * @param fills the only groups whose members it may name; with none, all but those that set-up made
 */
public record ProviderTerms(boolean provision, List<String> fills) {
    public ProviderTerms {
        fills = List.copyOf(fills);
    }
}
