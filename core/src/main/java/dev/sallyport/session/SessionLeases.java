package dev.sallyport.session;

import dev.sallyport.database.Database;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.spi.LeaseSpec;
import dev.sallyport.spi.Leases;
import java.time.Instant;

/** Leases of sessions: one is closed when its gateway has reported the end of the session, or the session may last no longer. */
public final class SessionLeases implements Leases {
    private final Database database;

    public SessionLeases(Database database) {
        this.database = database;
    }

    @Override
    public String kind() {
        return GatewayGrants.KIND;
    }

    @Override
    public Closing close(LeaseSpec lease, Instant now) {
        if (!now.isBefore(lease.expiresAt())) {
            return new Closing.Closed("expired");
        }
        String session = String.valueOf(lease.spec().get("session"));
        boolean open = database.read(rx -> rx.exists("select 1 from session where id = ? and state = 'open'", session));
        return open
                ? new Closing.Unconfirmed("the gateway has not reported the end of " + session)
                : new Closing.Closed("the session has ended");
    }
}
