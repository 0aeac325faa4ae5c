package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.identity.ClaimExpression;
import dev.sallyport.identity.ProviderTerms;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Where people may sign in instead of here. */
public record OidcProvider(String id, String name, Spec spec) {
    private static final String ALL = "select id, name, spec from oidc_provider";
    private static final int MOST = 50;

    /** All of them, by name. */
    public static List<OidcProvider> all(Rx rx) {
        return rx.list(ALL + " order by name limit " + MOST, OidcProvider::of);
    }

    public static Optional<OidcProvider> named(Rx rx, String name) {
        return rx.one(ALL + " where name = ?", OidcProvider::of, name);
    }

    /** What the sign-in page shows. */
    public String displayName() {
        return spec.text("displayName", name);
    }

    public String issuer() {
        return spec.text("issuer", "");
    }

    public String clientId() {
        return spec.text("clientId", "");
    }

    /** The name of the file that holds the client secret. */
    public Optional<String> clientSecretFile() {
        return spec.text("clientSecretFile");
    }

    /** What is asked for: {@code openid} always. */
    public Set<String> scopes() {
        var scopes = new LinkedHashSet<String>();
        scopes.add("openid");
        scopes.addAll(spec.texts("scopes"));
        return scopes;
    }

    public ProviderTerms terms() {
        return new ProviderTerms(spec.flag("provision"), spec.texts("fills"));
    }

    /** What a new person would like to be called. */
    public Optional<String> wantedName(Map<String, Object> claims) {
        return expression(spec.text("name", "claims.preferred_username")).flatMap(name -> name.text(claims));
    }

    public List<String> groups(Map<String, Object> claims) {
        return spec.text("groups")
                .flatMap(OidcProvider::expression)
                .map(groups -> groups.texts(claims))
                .orElse(List.of());
    }

    /** Attributes whose expression gives one text. */
    public Map<String, String> attributes(Map<String, Object> claims) {
        var attributes = new TreeMap<String, String>();
        spec.pairs("attributes")
                .forEach((name, text) -> expression(text)
                        .flatMap(expression -> expression.text(claims))
                        .ifPresent(value -> attributes.put(name, value)));
        return attributes;
    }

    /** Stored documents were checked; one of an older version that does not parse gives nothing. */
    private static Optional<ClaimExpression> expression(String text) {
        return ClaimExpression.parse(text);
    }

    private static OidcProvider of(java.sql.ResultSet row) throws java.sql.SQLException {
        return new OidcProvider(row.getString("id"), row.getString("name"), Spec.of(row.getString("spec")));
    }
}
