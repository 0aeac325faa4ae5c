package dev.sallyport.identity;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What pages hand to the browser for a ceremony, in the JSON of WebAuthn level 3. */
final class PasskeyOptions {
    private static final String TYPE = "public-key";

    /** EdDSA, ES256, RS256, in the numbers of COSE; the first that the authenticator has is taken. */
    private static final List<Integer> ALGORITHMS = List.of(-8, -7, -257);

    private PasskeyOptions() {}

    static Map<String, Object> creation(
            PasskeyPlace place, String challenge, byte[] handle, Person person, List<PasskeyStore.Known> present) {
        var options = new LinkedHashMap<String, Object>();
        options.put("challenge", challenge);
        options.put("rp", Map.of("id", place.host(), "name", "Sallyport"));
        options.put(
                "user", Map.of("id", Encoded.text(handle), "name", person.name(), "displayName", person.displayName()));
        options.put(
                "pubKeyCredParams",
                ALGORITHMS.stream()
                        .map(algorithm -> Map.of("type", TYPE, "alg", algorithm))
                        .toList());
        options.put("timeout", PasskeyChallenges.LIFE.toMillis());
        options.put("excludeCredentials", descriptors(present));
        options.put(
                "authenticatorSelection",
                Map.of("residentKey", "required", "requireResidentKey", true, "userVerification", "required"));
        options.put("attestation", "none");
        return options;
    }

    /** With no passkeys named, the authenticator offers those it has for this place. */
    static Map<String, Object> request(PasskeyPlace place, String challenge, List<PasskeyStore.Known> allowed) {
        var options = new LinkedHashMap<String, Object>();
        options.put("challenge", challenge);
        options.put("rpId", place.host());
        options.put("timeout", PasskeyChallenges.LIFE.toMillis());
        options.put("userVerification", "required");
        options.put("allowCredentials", descriptors(allowed));
        return options;
    }

    private static List<Map<String, Object>> descriptors(List<PasskeyStore.Known> known) {
        return known.stream()
                .map(passkey ->
                        Map.<String, Object>of("type", TYPE, "id", passkey.id(), "transports", passkey.transports()))
                .toList();
    }
}
