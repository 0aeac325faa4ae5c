package dev.sallyport.risk;

import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Kept;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.decision.Risks;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.SignIn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks at what somebody asks beside what they and their peers have asked before. It decides nothing: policies read the
 * score as {@code context.risk}, and who approves reads why.
 */
public final class Risk implements Risks {
    private final RiskModel model;

    public Risk(RiskWeights weights) {
        this.model = new RiskModel(weights);
    }

    @Override
    public Function<Asked, Optional<RiskScore>> of(Rx rx, Person person, List<String> groups) {
        History history = HistoryStore.of(rx, person.id());
        Instant now = rx.now();
        return asked -> Optional.of(model.score(history, wanted(asked), now));
    }

    private static RiskModel.Wanted wanted(Asked asked) {
        return new RiskModel.Wanted(
                new History.Right(asked.role().id(), asked.target().id()),
                asked.role().name(),
                asked.target().name(),
                asked.wish().duration(),
                asked.wish().breakGlass(),
                asked.wish().address().map(SignIn::network));
    }

    /** What one item of a request was scored. */
    public record Scored(RequestId request, ItemId item, String role, String target, Instant at, RiskScore score) {}

    /** What the person has asked for lately with how it was scored, the newest first. */
    public static List<Scored> lately(Rx rx, PersonId person, int limit) {
        return rx.list(
                """
                select r.id as request, i.id, i.role_name, i.target_name, r.created_at, i.facts
                  from (select * from request where requester_id = ? order by id desc limit ?) r
                  join request_item i on i.request_id = r.id
                 where i.facts -> 'risk' is not null order by r.id desc, i.id limit ?
                """,
                row -> new Scored(
                        new RequestId(row.getString("request")),
                        new ItemId(row.getString("id")),
                        row.getString("role_name"),
                        row.getString("target_name"),
                        Rows.instant(row, "created_at"),
                        Kept.of(Spec.of(row.getString("facts")))
                                .flatMap(Kept::risk)
                                .orElseThrow()),
                person,
                limit,
                limit);
    }
}
