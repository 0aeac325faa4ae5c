package dev.sallyport.server.portal;

import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Everybody who is frozen, and the way to each, where it is lifted. */
@RestController
final class QuarantinePages {
    static final String PATH = "/quarantines";

    @GetMapping(PATH)
    ResponseEntity<String> list(Visit visit) {
        ApiCall call = Listings.of(visit.wantsFile(), ApiCall.get(PATH), visit.parameter("after"));
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Who", frozen -> Links.person(frozen.text("person")))
                .column("Since", frozen -> Cell.ago(frozen.time("since")))
                .column("Why", frozen -> Cell.words(frozen.text("reason")))
                .column("By", frozen -> Links.person(frozen.text("by")))
                .column("", frozen -> Cell.link("/people/" + Links.segment(frozen.text("person")), "Lift"))
                .empty("Nobody is in quarantine.")
                .next(Listings.next(visit, page))
                .rows(page.items());
        return visit.show(
                new Sheet(
                        "In quarantine",
                        "Stopped at once and everywhere. What was ended stays ended when a quarantine is lifted.",
                        List.of(Cell.link("/people", "People")),
                        List.of(),
                        List.of(Listings.of(
                                visit, "quarantines", table, List.of(), "", "sallyport quarantines", call))),
                "quarantines",
                table);
    }
}
