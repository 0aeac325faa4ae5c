package dev.sallyport.server.metrics;

/** The names of what is measured, as documented in {@code docs/reference/metrics.md}; bounded labels only. */
enum Metric {
    HTTP_REQUESTS("sallyport.http.requests", "Requests by method, route and status, with their duration"),
    TIME_TO_ELEVATE("sallyport.time.to.elevate", "From asking for a role to its first credential"),
    TIME_TO_GRANT("sallyport.time.to.grant", "From asking for a role to the grant"),
    REVOCATION_LATENCY("sallyport.revocation.latency", "From a revocation to the target's confirmation"),
    SESSION_CUT("sallyport.session.cut.latency", "From the end of a grant to when nothing passed its session any more"),
    SESSIONS_OPEN("sallyport.sessions.open", "Open sessions, all nodes and gateways"),
    RECORDINGS("sallyport.recordings", "Recordings by state, all nodes"),
    GATEWAY_SESSIONS("sallyport.gateway.sessions", "Sessions that this node's gateway began"),
    GATEWAY_ENDED("sallyport.gateway.sessions.ended", "Sessions that this node's gateway ended, by reason"),
    GATEWAY_REFUSED("sallyport.gateway.refused", "Log-ins that this node's gateway refused, by code"),
    GATEWAY_CUT("sallyport.gateway.cut", "From the entry of the feed to when nothing passed any more, this node"),
    GATEWAY_WAITED("sallyport.gateway.waited", "How long a log-in waited for its turn"),
    GATEWAY_SET_UP("sallyport.gateway.set.up", "From its turn to the target, for a log-in"),
    GATEWAY_FEED_AGE("sallyport.gateway.feed.age", "How old the gateway's newest answer of the feed is"),
    GATEWAY_JOURNAL("sallyport.gateway.journal", "Reports of this node's gateway that have not been told"),
    SPOOL_BYTES("sallyport.spool.bytes", "Bytes of recordings that grow or wait to be stored, this node"),
    EVENTS("sallyport.events", "Audit events by activity and outcome"),
    LEASES("sallyport.leases", "Leases by state, all nodes"),
    GRANTS("sallyport.grants", "Grants by state, all nodes"),
    EMERGENCIES("sallyport.emergencies", "Emergencies by team in the time of the budget, all nodes"),
    EMERGENCY_BUDGET("sallyport.emergency.budget", "How many emergencies a team has in the time of the budget"),
    WAITING("sallyport.waiting", "Work that waits, all nodes: closing due or stuck, requests pending, findings open"),
    NOTIFICATIONS("sallyport.notifications", "Notifications that wait, or were given up, all nodes"),
    NOTIFICATION_LAG(
            "sallyport.notification.lag", "Since the oldest event not read for news, and the oldest letter that waits"),
    FEED_STALENESS("sallyport.feed.staleness", "Since this node last knew the whole feed"),
    FEED_VERSION("sallyport.feed.version", "The version of the feed that this node has applied"),
    DATABASE_CONNECTIONS("sallyport.database.connections", "Connections of this node's pool by state");

    private final String key;
    private final String description;

    Metric(String key, String description) {
        this.key = key;
        this.description = description;
    }

    /** How {@code /metrics} calls it. */
    String told(boolean inSeconds) {
        return key.replace('.', '_') + (inSeconds ? "_seconds" : "");
    }

    /** Whether it stands on dashboards: how quick things are, what waits, how old what a node heard is. */
    boolean isShown() {
        return switch (this) {
            case TIME_TO_ELEVATE,
                    TIME_TO_GRANT,
                    REVOCATION_LATENCY,
                    SESSION_CUT,
                    RECORDINGS,
                    GATEWAY_CUT,
                    GATEWAY_FEED_AGE,
                    GATEWAY_JOURNAL,
                    SPOOL_BYTES,
                    LEASES,
                    WAITING,
                    NOTIFICATIONS,
                    NOTIFICATION_LAG,
                    FEED_STALENESS,
                    DATABASE_CONNECTIONS -> true;
            case HTTP_REQUESTS,
                    SESSIONS_OPEN,
                    GATEWAY_SESSIONS,
                    GATEWAY_ENDED,
                    GATEWAY_REFUSED,
                    GATEWAY_WAITED,
                    GATEWAY_SET_UP,
                    EVENTS,
                    GRANTS,
                    EMERGENCIES,
                    EMERGENCY_BUDGET,
                    FEED_VERSION -> false;
        };
    }

    /** Whether it is read from the database, and the same on every node. */
    boolean isEverywhere() {
        return switch (this) {
            case SESSIONS_OPEN,
                    RECORDINGS,
                    LEASES,
                    GRANTS,
                    EMERGENCIES,
                    EMERGENCY_BUDGET,
                    WAITING,
                    NOTIFICATIONS,
                    NOTIFICATION_LAG -> true;
            case HTTP_REQUESTS,
                    TIME_TO_ELEVATE,
                    TIME_TO_GRANT,
                    REVOCATION_LATENCY,
                    SESSION_CUT,
                    GATEWAY_SESSIONS,
                    GATEWAY_ENDED,
                    GATEWAY_REFUSED,
                    GATEWAY_CUT,
                    GATEWAY_WAITED,
                    GATEWAY_SET_UP,
                    GATEWAY_FEED_AGE,
                    GATEWAY_JOURNAL,
                    SPOOL_BYTES,
                    EVENTS,
                    FEED_STALENESS,
                    FEED_VERSION,
                    DATABASE_CONNECTIONS -> false;
        };
    }

    /** What a value of it counts. */
    Figure.Unit unit() {
        return switch (this) {
            case GATEWAY_FEED_AGE, NOTIFICATION_LAG, FEED_STALENESS -> Figure.Unit.SECONDS;
            case SPOOL_BYTES -> Figure.Unit.BYTES;
            default -> Figure.Unit.COUNT;
        };
    }

    String key() {
        return key;
    }

    String description() {
        return description;
    }
}
