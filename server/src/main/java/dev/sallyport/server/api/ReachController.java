package dev.sallyport.server.api;

import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.Kind;
import dev.sallyport.catalog.Search;
import dev.sallyport.catalog.Ways;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.GroupWord;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Person;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
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
    /** How far into what a person may ask for pages lead; a search finds the rest. */
    static final int DEEPEST = 5_000;

    private final Database database;
    private final PolicySets policies;

    ReachController(Database database, PolicySets policies) {
        this.database = database;
        this.policies = policies;
    }

    record ReachedJson(String role, String target, String description) {}

    /** @param more whether there is more than was asked for */
    record ReachJson(
            List<ReachedJson> items, boolean more, @Nullable String next) {}

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

    record EligibleListJson(
            List<EligibleJson> items, @Nullable String next) {}

    /** Which part of a list of ways; without a limit the whole of it. */
    private record Part(
            String q,
            boolean backwards,
            @Nullable String after,
            @Nullable Integer limit) {
        EligibleListJson of(List<Ways.Way> ways) {
            List<Ways.Way> found = ways.stream().filter(this::finds).toList();
            List<Ways.Way> all = backwards ? found.reversed() : found;
            Page<EligibleJson> page = Page.part(
                    all, after, limit == null ? Math.max(1, all.size()) : Page.limit(limit), EligibleJson::of);
            return new EligibleListJson(page.items(), page.next());
        }

        private boolean finds(Ways.Way way) {
            String wanted = q.toLowerCase(Locale.ROOT);
            return Stream.of(List.of(way.role(), way.eligibility()), way.people(), way.groups())
                    .flatMap(List::stream)
                    .anyMatch(name -> name.toLowerCase(Locale.ROOT).contains(wanted));
        }
    }

    @SignedIn
    @Summary("What the caller may ask for, by role and target; /eligible also says what would be decided")
    @GetMapping("/me/reach")
    ReachJson mine(
            Caller caller,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String role,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        var search = new Search(
                Optional.ofNullable(target), Optional.ofNullable(role), Search.words(q), Orders.ofOffers(order));
        return reach(_ -> caller.personId(), search, after, Page.limit(limit));
    }

    private static Search search(String q, @Nullable String order) {
        return new Search(Optional.empty(), Optional.empty(), Search.words(q), Orders.ofOffers(order));
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "What a person may ask for, by role and target",
            refuses = {"person.unknown"})
    @GetMapping("/people/{name}/reach")
    ReachJson ofPerson(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        return reach(
                rx -> People.require(rx, CatalogObjects.name(rx, Kind.PERSON, name))
                        .id(),
                search(q, order),
                after,
                Page.limit(limit));
    }

    private ReachJson reach(Function<Rx, PersonId> whose, Search search, @Nullable String after, int size) {
        int before = Page.rows(after, DEEPEST);
        return database.read(rx -> {
            PersonId id = whose.apply(rx);
            Person person = Directory.person(rx, id).orElseThrow();
            List<Catalog.Offer> offers =
                    Catalog.offers(rx, person, Directory.groups(rx, id), search, before + size + 1);
            boolean more = offers.size() > before + size;
            return new ReachJson(
                    offers.stream()
                            .skip(before)
                            .limit(size)
                            .map(offer -> new ReachedJson(
                                    offer.role().name(),
                                    offer.target().name(),
                                    offer.role().description()))
                            .toList(),
                    more,
                    more ? Integer.toString(before + size) : null);
        });
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "Who may ask for something on a target, by role and eligibility",
            refuses = {"catalog.not-found"})
    @GetMapping("/targets/{name}/reach")
    EligibleListJson ofTarget(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        var part = new Part(q, Orders.backwards(order), after, limit);
        return database.read(rx -> part.of(Ways.onto(
                rx, Catalog.target(rx, existing(rx, Kind.TARGET, name)).orElseThrow())));
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "Who may ask for a role, by eligibility",
            refuses = {"catalog.not-found"})
    @GetMapping("/roles/{name}/reach")
    EligibleListJson ofRole(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        var part = new Part(q, Orders.backwards(order), after, limit);
        return database.read(rx -> part.of(Ways.to(
                rx, Catalog.role(rx, existing(rx, Kind.ROLE, name)).orElseThrow())));
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
            List<Directory.Member> members = Directory.members(rx, group, Directory.MemberSlice.first(size + 1));
            return new GroupReachJson(
                    members.stream().limit(size).map(MemberJson::of).toList(),
                    members.size() > size,
                    Ways.through(rx, group).stream().map(EligibleJson::of).toList());
        });
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "Who is in a group and who says so, by name",
            refuses = {"catalog.not-found"})
    @GetMapping("/groups/{name}/members")
    Page<MemberJson> members(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Directory.MemberSlice(q, Orders.backwards(order), Optional.ofNullable(after), size);
        return database.read(rx -> Page.of(
                Directory.members(rx, existing(rx, Kind.GROUP, name), slice),
                size,
                MemberJson::of,
                Directory.Member::name));
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "What whoever is in a group may ask for through it, by role and eligibility",
            refuses = {"catalog.not-found"})
    @GetMapping("/groups/{name}/ways")
    EligibleListJson through(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        var part = new Part(q, Orders.backwards(order), after, limit);
        return database.read(rx -> part.of(Ways.through(rx, existing(rx, Kind.GROUP, name))));
    }

    /** Either of a role's own rule or of a policy's, {@code POLICY/RULE}. */
    record GroupWordJson(@Nullable String role, @Nullable String rule, int stage, int count, String as) {
        static GroupWordJson of(GroupWord word) {
            return new GroupWordJson(
                    word.role().orElse(null),
                    word.rule().orElse(null),
                    word.stage(),
                    word.count(),
                    RequestJson.word(word.as()));
        }
    }

    @Needs(CatalogController.READ)
    @Summary(
            value = "What a group approves: roles that ask for its word, and stages of the policies that are enforced",
            refuses = {"catalog.not-found"})
    @GetMapping("/groups/{name}/approves")
    Page<GroupWordJson> approves(
            @PathVariable String name,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        boolean backwards = Orders.backwards(order);
        return database.read(rx -> {
            String group = existing(rx, Kind.GROUP, name);
            List<GroupWord> found = GroupWord.of(rx, policies.enforced(rx), group).stream()
                    .filter(word -> word.role().or(word::rule).orElse("").contains(q.toLowerCase(Locale.ROOT)))
                    .toList();
            return Page.part(backwards ? found.reversed() : found, after, size, GroupWordJson::of);
        });
    }

    private static String existing(Rx rx, Kind kind, String idOrName) {
        return CatalogObjects.require(rx, kind, CatalogObjects.name(rx, kind, idOrName))
                .name();
    }
}
