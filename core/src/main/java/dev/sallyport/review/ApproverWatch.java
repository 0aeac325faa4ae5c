package dev.sallyport.review;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import java.util.List;
import java.util.stream.Collectors;

/** The door to how people approve: figures, and findings where they look like nobody looks (RQ5). */
public final class ApproverWatch {
    /** How many words are looked at, the latest first. */
    private static final int WORDS_MAX = 100_000;

    private final Database database;
    private final Findings findings;
    private final ApprovalLimits limits;

    public ApproverWatch(Database database, Findings findings, ApprovalLimits limits) {
        this.database = database;
        this.findings = findings;
        this.limits = limits;
    }

    /** Everybody who gave a word lately, by name. */
    public List<ApproverFigures> figures() {
        return database.read(this::figures);
    }

    private List<ApproverFigures> figures(Rx rx) {
        List<ApproverFigures.Word> words = rx.list(
                """
                select p.name as approver, q.name as requester, a.verdict, a.at, coalesce(s.opened_at, r.created_at) as opened_at
                  from approval a join person p on p.id = a.approver_id
                  join request_item i on i.id = a.item_id join request r on r.id = i.request_id
                  join person q on q.id = r.requester_id
                  left join approval_stage s on s.item_id = a.item_id and s.number = a.stage
                 where a.at > ? order by a.at desc limit ?
                """,
                row -> new ApproverFigures.Word(
                        row.getString("approver"),
                        row.getString("requester"),
                        row.getString("verdict").equals("approve"),
                        Rows.instant(row, "at"),
                        Rows.instant(row, "opened_at")),
                rx.now().minus(limits.window()),
                WORDS_MAX);
        return ApproverFigures.of(words, limits);
    }

    /** Opens and closes findings; never more at once, so it says that nothing is left to do. */
    public int watch() {
        return database.change(Actor.system("approvers"), tx -> {
            List<ApproverFigures.Sign> signs = figures(tx).stream()
                    .flatMap(figures -> figures.signs().stream())
                    .distinct()
                    .toList();
            signs.forEach(sign -> findings.open(tx, sign.kind(), Severity.MEDIUM, sign.subject(), sign.message()));
            for (String kind : ApproverFigures.KINDS) {
                var still = signs.stream()
                        .filter(sign -> sign.kind().equals(kind))
                        .map(ApproverFigures.Sign::subject)
                        .collect(Collectors.toSet());
                List<String> over = tx
                        .list(
                                "select subject from finding where kind = ? and closed_at is null",
                                row -> row.getString(1),
                                kind)
                        .stream()
                        .filter(subject -> !still.contains(subject))
                        .toList();
                if (!over.isEmpty()) {
                    findings.closeAll(tx, kind, over);
                }
            }
            return 0;
        });
    }
}
