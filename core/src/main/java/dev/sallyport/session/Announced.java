package dev.sallyport.session;

import dev.sallyport.audit.AuditFilter;
import dev.sallyport.audit.AuditSearch;
import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.recording.ChainAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the audit log says of a recording's chain, told while the session went on (AU2). */
final class Announced {
    private static final int PAGE = 500;

    private Announced() {}

    static List<ChainAt> of(Rx rx, SessionId session) {
        var filter = AuditFilter.ofSession(session.value(), SessionEvent.RECORDING_PROGRESS.activity());
        var all = new ArrayList<ChainAt>();
        List<RecordedEvent> page = AuditSearch.page(rx, filter, Slice.newest(PAGE));
        while (!page.isEmpty()) {
            for (RecordedEvent event : page) {
                all.add(new ChainAt(
                        Long.parseLong(event.data().text("chunks", "0")),
                        event.data().text("sha256", "")));
            }
            page = page.size() < PAGE
                    ? List.of()
                    : AuditSearch.page(
                            rx, filter, new Slice(Order.NEWEST, Optional.of(AuditSearch.cursor(page.getLast())), PAGE));
        }
        return all;
    }
}
