package dev.sallyport.database;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Tables whose rows are not state worth an event: cursors, counters, web sessions. Everything else needs one. */
public enum ExemptTable {
    IDEMPOTENCY_KEY,
    LOGIN_THROTTLE,
    WEB_SESSION,
    WEB_SESSION_ATTRIBUTE,
    OAUTH_GRANT,
    OAUTH_SPENT_TOKEN,
    DPOP_PROOF,
    PROVIDER_ATTEMPT,
    SIGN_IN_HALF,
    STEP_UP,
    PASSKEY_HANDLE,
    PASSKEY_CHALLENGE,
    KRL_CONFIRMATION,
    LEASE_CLOSING,
    GRANT_JUDGING,
    ELIGIBILITY_LAPSE,
    INCIDENT_DELIVERY,
    NODE,
    EVENT_PERSONAL,
    GATEWAY_CONTACT,
    GATEWAY_SOURCE,
    GATEWAY_ORDER,
    HANDSHAKE,
    PERMIT,
    SIGN_IN_LINK,
    PROVED_KEY,
    WATCH,
    LIVE_FRAME,
    RECORDING_TEXT,
    SESSION_COMMAND,
    SESSION_FILE,
    PROBE,
    NOTIFICATION,
    NOTIFICATION_CURSOR,
    NOTIFICATION_LINK;

    private static final Set<String> NAMES = Arrays.stream(values())
            .map(table -> table.name().toLowerCase(java.util.Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    static boolean contains(String table) {
        return NAMES.contains(table);
    }
}
