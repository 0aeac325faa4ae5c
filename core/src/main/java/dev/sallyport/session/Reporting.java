package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.SessionId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.spi.gateway.Report;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes what gateways tell: rows and events, once each, in the order of their sequence. */
final class Reporting {
    /** The most reports of one call. */
    static final int BATCH = 1_000;

    private static final int COMMAND_MAX = 4_096;
    private static final int PATH_MAX = 4_096;
    private static final int TEXT_MAX = 64 * 1_024;
    private static final int DETAIL_MAX = 1_000;

    /** How much of a piece of text stands before the next one too, so that what lies across them is found. */
    static final int LEAD = 100;

    private final Database database;
    private final Audit audit;
    private final Findings findings;

    Reporting(Database database, Audit audit, Findings findings) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
    }

    long report(Gateway gateway, String source, List<Report> reports) {
        Text.line("source", source, 1, 100);
        if (reports.size() > BATCH) {
            throw dev.sallyport.base.InputRefusal.INVALID_VALUE.because(
                    "reports: " + reports.size() + " (expected: at most " + BATCH + ")");
        }
        return database.change(gateway.actor(), tx -> {
            tx.update(
                    "insert into gateway_source (source, gateway_id, sequence) values (?, ?, 0) on conflict (source) do nothing",
                    source,
                    gateway.id());
            long known = tx.one(
                            "select sequence from gateway_source where source = ? and gateway_id = ? for update",
                            row -> row.getLong(1),
                            source,
                            gateway.id())
                    .orElseThrow(() -> SessionRefusal.NOT_YOURS.because("source: is another gateway's"));
            List<Report> fresh = reports.stream()
                    .filter(report -> report.sequence() > known)
                    .sorted(Comparator.comparingLong(Report::sequence))
                    .toList();
            if (fresh.isEmpty()) {
                return known;
            }
            long last = fresh.getLast().sequence();
            tx.update("update gateway_source set sequence = ? where source = ?", last, source);
            new Batch(tx, gateway, source).take(fresh);
            return last;
        });
    }

    /** The reports of one call, with the sessions they tell of, held in the order of their ids. */
    private final class Batch {
        private final Tx tx;
        private final Gateway gateway;
        private final String source;
        private final List<Event> events = new ArrayList<>();
        private final Map<SessionId, Session> sessions = new HashMap<>();

        Batch(Tx tx, Gateway gateway, String source) {
            this.tx = tx;
            this.gateway = gateway;
            this.source = source;
        }

        void take(List<Report> reports) {
            reports.stream()
                    .map(report -> report.session().value())
                    .distinct()
                    .sorted()
                    .map(SessionId::new)
                    .forEach(id -> SessionStore.held(tx, id)
                            .filter(session -> session.gateway().equals(gateway.id()))
                            .ifPresent(session -> sessions.put(id, session)));
            reports.forEach(this::take);
            audit.recordAll(tx, events);
        }

        private void take(Report report) {
            Session session = sessions.get(report.session());
            if (session == null) {
                events.add(Event.of(SessionEvent.REPORT_REFUSED)
                        .outcome(Outcome.REFUSED)
                        .session(report.session().value())
                        .data("gateway", gateway.name())
                        .data("report", report.what().getClass().getSimpleName())
                        .data("sequence", report.sequence()));
                return;
            }
            switch (report.what()) {
                case Report.Command command -> command(report, session, command);
                case Report.RuleMatched rule -> rule(report, session, rule);
                case Report.FileTouched file -> file(report, session, file);
                case Report.OpaqueOpened opaque ->
                    add(
                            report,
                            session,
                            SessionEvent.OPAQUE_OPENED,
                            event -> event.data("channel", opaque.channel())
                                    .data("kind", cut(opaque.kind(), DETAIL_MAX))
                                    .personal("detail", cut(opaque.detail(), DETAIL_MAX)));
                case Report.RecordingProgress progress -> progress(report, session, progress);
                case Report.RecordingGap gap -> gap(report, session, gap);
                case Report.RecordingStored stored -> stored(report, session, stored);
                case Report.Text text -> text(session, text);
                case Report.Supervised supervised ->
                    add(report, session, SessionEvent.SUPERVISED, event -> {
                        event.data("what", cut(supervised.event(), DETAIL_MAX));
                        supervised.detail().entrySet().stream()
                                .limit(10)
                                .forEach(entry -> event.personal(
                                        "detail." + cut(entry.getKey(), 50), cut(entry.getValue(), DETAIL_MAX)));
                    });
                case Report.Closed closed -> closed(report, session, closed);
            }
        }

        private void command(Report report, Session session, Report.Command command) {
            row(report, command.channel(), command.text(), command.exact(), command.exitStatus(), null, false);
            add(
                    report,
                    session,
                    SessionEvent.COMMAND,
                    event -> event.data("channel", command.channel())
                            .data("exact", command.exact())
                            .data("exit_status", command.exitStatus())
                            .personal("command", cut(command.text(), COMMAND_MAX)));
        }

        private void rule(Report report, Session session, Report.RuleMatched rule) {
            row(report, rule.channel(), rule.text(), false, null, rule.pattern(), rule.blocked());
            add(
                    report,
                    session,
                    SessionEvent.RULE_MATCHED,
                    event -> event.data("channel", rule.channel())
                            .data("pattern", rule.pattern())
                            .data("blocked", rule.blocked())
                            .personal("command", cut(rule.text(), COMMAND_MAX)));
            findings.open(
                    tx,
                    "session-rule",
                    rule.blocked() ? Severity.HIGH : Severity.MEDIUM,
                    session.id().value(),
                    "a command of " + session.personName() + " on " + session.target() + " matched "
                            + Text.quoted(rule.pattern()) + (rule.blocked() ? " and was blocked" : ""));
        }

        private void row(
                Report report,
                int channel,
                String text,
                boolean exact,
                @org.jspecify.annotations.Nullable Integer exitStatus,
                @org.jspecify.annotations.Nullable String pattern,
                boolean blocked) {
            tx.update(
                    """
                    insert into session_command (session_id, place, at, channel, command, exact, exit_status, pattern, blocked,
                                                 grams)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::int4[])
                    """,
                    report.session(),
                    place(),
                    report.at(),
                    channel,
                    cut(text, COMMAND_MAX),
                    exact,
                    exitStatus,
                    pattern,
                    blocked,
                    Grams.of(Grams.folded(cut(text, COMMAND_MAX))));
        }

        private void file(Report report, Session session, Report.FileTouched file) {
            tx.update(
                    """
                    insert into session_file (session_id, place, at, channel, operation, path, bytes, sha256)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    report.session(),
                    place(),
                    report.at(),
                    file.channel(),
                    cut(file.operation(), 50),
                    cut(file.path(), PATH_MAX),
                    file.bytes(),
                    file.sha256());
            add(
                    report,
                    session,
                    SessionEvent.FILE,
                    event -> event.data("channel", file.channel())
                            .data("operation", cut(file.operation(), 50))
                            .data("bytes", file.bytes())
                            .data("sha256", file.sha256())
                            .personal("path", cut(file.path(), PATH_MAX)));
        }

        private void progress(Report report, Session session, Report.RecordingProgress progress) {
            tx.update("""
                    update recording set chunks = greatest(chunks, ?), bytes = greatest(bytes, ?), sha256 = ?
                     where session_id = ? and state = 'pending'
                    """, progress.chunks(), progress.bytes(), progress.sha256(), session.id());
            add(
                    report,
                    session,
                    SessionEvent.RECORDING_PROGRESS,
                    event -> event.data("chunks", progress.chunks())
                            .data("bytes", progress.bytes())
                            .data("sha256", progress.sha256()));
        }

        private void gap(Report report, Session session, Report.RecordingGap gap) {
            String told = gap.from() + " to " + gap.until() + ": " + cut(gap.why(), DETAIL_MAX);
            tx.update(
                    "update recording set gaps = gaps || to_jsonb(?::text) where session_id = ? and jsonb_array_length(gaps) < 100",
                    told,
                    session.id());
            add(
                    report,
                    session,
                    SessionEvent.RECORDING_GAP,
                    event -> event.outcome(Outcome.FAILURE)
                            .data("from", gap.from().toString())
                            .data("until", gap.until().toString())
                            .data("why", cut(gap.why(), DETAIL_MAX)));
        }

        private void stored(Report report, Session session, Report.RecordingStored stored) {
            String state = stored.state().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            if (!state.equals("complete")) {
                state = "cut short";
            }
            // a file that is whole but says nothing of gaps that were told while it was written is not complete
            String kept = tx
                    .list(
                            """
                    update recording set state = case when gaps = '[]'::jsonb then ? else 'cut short' end, location = ?,
                           chunks = ?, bytes = ?, duration_ms = ?, sha256 = ?, gaps = gaps || ?::jsonb, closed_at = ?
                     where session_id = ? and state <> 'off' and state <> 'complete'
                    returning state
                    """,
                            row -> row.getString(1),
                            state,
                            cut(stored.location(), DETAIL_MAX),
                            stored.chunks(),
                            stored.bytes(),
                            stored.durationMillis(),
                            stored.sha256(),
                            Json.text(stored.gaps()),
                            tx.now(),
                            session.id())
                    .stream()
                    .findFirst()
                    .orElse(state);
            findings.close(tx, SessionDuty.MISSING, session.id().value());
            add(
                    report,
                    session,
                    SessionEvent.RECORDING_STORED,
                    event -> event.outcome(kept.equals("complete") ? Outcome.SUCCESS : Outcome.FAILURE)
                            .data("state", kept)
                            .data("location", cut(stored.location(), DETAIL_MAX))
                            .data("chunks", stored.chunks())
                            .data("bytes", stored.bytes())
                            .data("duration_ms", stored.durationMillis())
                            .data("sha256", stored.sha256())
                            .data("gaps", stored.gaps()));
        }

        private void text(Session session, Report.Text text) {
            String body = cut(text.text().replace("\u0000", ""), TEXT_MAX);
            String lead = tx
                    .list(
                            "select right(body, ?) from recording_text where session_id = ? order by piece desc limit 1",
                            row -> row.getString(1),
                            LEAD,
                            session.id())
                    .stream()
                    .findFirst()
                    .orElse("");
            tx.update("""
                    insert into recording_text (session_id, piece, offset_ms, lead, body, grams)
                    values (?, ?, ?, ?, ?, ?::int4[])
                    """, session.id(), place(), text.offsetMillis(), lead, body, Grams.of(Grams.folded(lead + body)));
        }

        private void closed(Report report, Session session, Report.Closed closed) {
            if (!session.open()) {
                tx.update(
                        "update session set bytes_in = greatest(bytes_in, ?), bytes_out = greatest(bytes_out, ?) where id = ?",
                        closed.bytesIn(),
                        closed.bytesOut(),
                        session.id());
            } else {
                tx.update(
                        """
                        update session set state = 'closed', ended_at = ?, end_reason = ?, end_detail = ?, bytes_in = ?, bytes_out = ?
                         where id = ?
                        """,
                        report.at().isBefore(tx.now()) ? report.at() : tx.now(),
                        cut(closed.reason(), 100),
                        cut(closed.detail(), DETAIL_MAX),
                        closed.bytesIn(),
                        closed.bytesOut(),
                        session.id());
                GatewayGrants.letGo(tx, session.grant(), session.id());
            }
            findings.close(tx, SessionDuty.OVERDUE, session.id().value());
            Long cutMillis = session.open() ? cutMillis(report, session) : null;
            add(
                    report,
                    session,
                    SessionEvent.CLOSED,
                    event -> event.data("reason", cut(closed.reason(), 100))
                            .data("cut_ms", cutMillis)
                            .data("bytes_in", closed.bytesIn())
                            .data("bytes_out", closed.bytesOut())
                            .personal("detail", cut(closed.detail(), DETAIL_MAX)));
            SessionStore.find(tx, session.id()).ifPresent(now -> sessions.put(session.id(), now));
        }

        /** From the end of the grant to when nothing passed any more, if the session ended with its grant. */
        private @org.jspecify.annotations.Nullable Long cutMillis(Report report, Session session) {
            return tx.one(
                            "select ending_at from access_grant where id = ? and ending_at is not null",
                            row -> dev.sallyport.database.Rows.instant(row, "ending_at"),
                            session.grant())
                    .map(ending ->
                            java.time.Duration.between(ending, report.at()).toMillis())
                    .map(millis -> Math.max(0, millis))
                    .orElse(null);
        }

        private void add(Report report, Session session, SessionEvent type, java.util.function.Consumer<Event> more) {
            Event event = Opening.about(type, session)
                    .happenedAt(report.at())
                    .data("gateway_source", source)
                    .data("gateway_sequence", report.sequence());
            more.accept(event);
            events.add(event);
        }

        /** Unique and growing over all sources of a gateway. */
        private long place() {
            return tx.count("select nextval('session_place')");
        }
    }

    private static String cut(@org.jspecify.annotations.Nullable String text, int max) {
        String plain = Optional.ofNullable(text).orElse("").replace("\u0000", "");
        return plain.length() > max ? plain.substring(0, max) : plain;
    }
}
