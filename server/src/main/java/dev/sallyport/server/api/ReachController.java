package dev.sallyport.server.api;

import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.Kind;
import dev.sallyport.catalog.Search;
import dev.sallyport.catalog.Ways;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Person;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a person could ask for, and who could ask for a role or for something on a target; rules and approvals come after. */
@RestController
@RequestMapping("/api/v1")
final class ReachController {
    private final Database database;

    ReachController(Database database) {
        this.database = database;
    }

    record ReachedJson(String role, String target, String description) {}

    /** @param more whether there is more than was asked for */
    record ReachJson(List<ReachedJson> items, boolean more) {}

    record EligibleJson(
            String role,
            String eligibility,
            List<String> people,
            List<String> groups,
            Map<String, String> attributes,
            @Nullable Instant until) {
        static EligibleJson of(Ways.Way way) {
            return new EligibleJson(
                    way.role(),
                    way.eligibility(),
                    way.people(),
                    way.groups(),
                    way.attributes(),
                    way.until().orElse(null));
        }
    }

    record EligibleListJson(List<EligibleJson> items) {}

    @SignedIn
    @Summary("What the caller may ask for, by role and target; /eligible also says what would be decided")
    @GetMapping("/me/reach")
    ReachJson mine(Caller caller, @RequestParam(required = false) @Nullable Integer limit) {
        return reach(_ -> caller.personId(), Page.limit(limit));
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "What a person may ask for, by role and target",
            refuses = {"person.unknown"})
    @GetMapping("/people/{name}/reach")
    ReachJson ofPerson(@PathVariable String name, @RequestParam(required = false) @Nullable Integer limit) {
        return reach(
                rx -> People.require(rx, CatalogObjects.name(rx, Kind.PERSON, name))
                        .id(),
                Page.limit(limit));
    }

    private ReachJson reach(Function<Rx, PersonId> whose, int size) {
        return database.read(rx -> {
            PersonId id = whose.apply(rx);
            Person person = Directory.person(rx, id).orElseThrow();
            List<Catalog.Offer> offers = Catalog.offers(rx, person, Directory.groups(rx, id), Search.ALL, size + 1);
            return new ReachJson(
                    offers.stream()
                            .limit(size)
                            .map(offer -> new ReachedJson(
                                    offer.role().name(),
                                    offer.target().name(),
                                    offer.role().description()))
                            .toList(),
                    offers.size() > size);
        });
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "Who may ask for something on a target, by role and eligibility",
            refuses = {"catalog.not-found"})
    @GetMapping("/targets/{name}/reach")
    EligibleListJson ofTarget(@PathVariable String name) {
        return database.read(rx -> ways(Ways.onto(
                rx, Catalog.target(rx, existing(rx, Kind.TARGET, name)).orElseThrow())));
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "Who may ask for a role, by eligibility",
            refuses = {"catalog.not-found"})
    @GetMapping("/roles/{name}/reach")
    EligibleListJson ofRole(@PathVariable String name) {
        return database.read(rx ->
                ways(Ways.to(rx, Catalog.role(rx, existing(rx, Kind.ROLE, name)).orElseThrow())));
    }

    record MemberJson(String person, String displayName, boolean active, List<String> sources) {
        static MemberJson of(Directory.Member member) {
            return new MemberJson(member.name(), member.displayName(), member.active(), member.sources());
        }
    }

    /** @param more whether there are more members than were asked for */
    record GroupReachJson(List<MemberJson> members, boolean more, List<EligibleJson> items) {}

    @Needs(CatalogController.READ)
    @Summary(
            value = "Who is in a group and who says so, and what they may ask for through it",
            refuses = {"catalog.not-found"})
    @GetMapping("/groups/{name}/reach")
    GroupReachJson ofGroup(@PathVariable String name, @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        return database.read(rx -> {
            String group = existing(rx, Kind.GROUP, name);
            List<Directory.Member> members = Directory.members(rx, group, size + 1);
            return new GroupReachJson(
                    members.stream().limit(size).map(MemberJson::of).toList(),
                    members.size() > size,
                    ways(Ways.through(rx, group)).items());
        });
    }

    private static String existing(Rx rx, Kind kind, String idOrName) {
        return CatalogObjects.require(rx, kind, CatalogObjects.name(rx, kind, idOrName))
                .name();
    }

    private static EligibleListJson ways(List<Ways.Way> ways) {
        return new EligibleListJson(ways.stream().map(EligibleJson::of).toList());
    }
}
