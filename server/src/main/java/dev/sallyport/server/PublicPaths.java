package dev.sallyport.server;

import java.util.List;

/** The API's paths that need no access token; each says why. Everything else under {@code /api} needs one. */
public final class PublicPaths {
    /** Patterns of paths. */
    public static final List<String> API = List.of(
            // what this API is
            "/api/v1/openapi.json",
            // what anybody may know: public keys and who is cut off
            "/api/v1/ssh/cas",
            "/api/v1/ssh/krl",
            "/api/v1/ssh/krl.sig",
            "/api/v1/ssh/keys",
            "/api/v1/ssh/keys.sig",
            // gateways enrol by a token that counts once
            "/api/v1/gateways/enrollments",
            // incident sources prove each message by a secret of their own
            "/api/v1/incident-sources/*/messages",
            // hosts name themselves by the token they got when they were enrolled
            "/api/v1/ssh/krl-confirmations",
            "/api/v1/targets/*/host-certificate");

    private PublicPaths() {}
}
