package dev.sallyport.server.oidc;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Json;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0).
 *
 * @param namesItself whether its answers carry the issuer (RFC 9207), which then must be there
 * @param secretInForm whether it takes the client secret in the form only
 */
record Metadata(String issuer, URI authorization, URI token, URI keys, boolean namesItself, boolean secretInForm) {
    private static final String PATH = "/.well-known/openid-configuration";

    static Metadata fetch(Outbound outbound, String issuer) {
        var address = URI.create((issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + PATH);
        if (!Outbound.isAllowed(address, issuer)) {
            throw unsound("issuer: " + Text.quoted(issuer) + " (expected: https)");
        }
        Outbound.Answer answer = outbound.get(address);
        if (answer.status() != 200) {
            throw Outbound.down(address, "it answered " + answer.status() + " to discovery");
        }
        return read(issuer, json(answer.body()));
    }

    private static Metadata read(String issuer, Map<String, Object> said) {
        if (!issuer.equals(said.get("issuer"))) {
            throw unsound("the provider calls itself " + Text.quoted(String.valueOf(said.get("issuer")))
                    + " (expected: " + Text.quoted(issuer) + ")");
        }
        List<?> methods = said.get("token_endpoint_auth_methods_supported") instanceof List<?> list ? list : List.of();
        return new Metadata(
                issuer,
                address(said, "authorization_endpoint", issuer),
                address(said, "token_endpoint", issuer),
                address(said, "jwks_uri", issuer),
                Boolean.TRUE.equals(said.get("authorization_response_iss_parameter_supported")),
                methods.contains("client_secret_post") && !methods.contains("client_secret_basic"));
    }

    private static URI address(Map<String, Object> said, String key, String issuer) {
        try {
            if (said.get(key) instanceof String text) {
                URI address = URI.create(text);
                if (Outbound.isAllowed(address, issuer) && address.getFragment() == null) {
                    return address;
                }
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw unsound(key + ": " + Text.quoted(String.valueOf(said.get(key))) + " (expected: an https address)");
    }

    /** An object, whatever it holds. */
    static Map<String, Object> json(String body) {
        try {
            return Json.object(body);
        } catch (RuntimeException _) {
            throw unsound("the provider's answer is no JSON object");
        }
    }

    static Refusal unsound(String sentence) {
        return ProviderRefusal.UNSOUND.because(sentence, "tell whoever administers this server");
    }
}
