package dev.sallyport.server.api;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Ids;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.Names;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.CatalogRefusal;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.Kept;
import dev.sallyport.decision.PolicyRefusal;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.decision.StageChange;
import dev.sallyport.decision.WhoCan;
import dev.sallyport.grant.Forecast;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.PolicyFiles;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.PolicyTest;
import dev.sallyport.policy.code.Ruling;
import dev.sallyport.policy.code.Step;
import dev.sallyport.request.Checkup;
import dev.sallyport.request.Item;
import dev.sallyport.request.LastWord;
import dev.sallyport.request.PolicyHistory;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.request.Supposing;
import dev.sallyport.server.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which set of policies decides, what it says and why, and what another would say. */
@RestController
@RequestMapping("/api/v1")
final class PoliciesController {
    static final String READ = "policy.read";
    static final String ENFORCE = "policy.enforce";
    private static final String GRANTS = "grant.read-all";

    /** How far a replay goes back when nobody says. */
    private static final Duration SINCE = Duration.ofDays(90);

    /** How many persons one answer about who can get something judges. */
    private static final int PERSONS_MAX = 1_000;

    /** How many cases one call runs. */
    private static final int CASES_MAX = 2_000;

    /** Of how many cases that failed it is told rule by rule why, and of how many rules. */
    private static final int TRACED_MAX = 50;

    private static final int STEPS_MAX = 100;

    /** How many pairs of a role and a target one answer judges. */
    private static final int PAIRS_MAX = 100;

    /** How many replays one server works at; each holds a connection for as long as it lasts. */
    private static final int REPLAYS_MAX = 2;

    private final Places replays = new Places(
            REPLAYS_MAX,
            () -> PolicyRefusal.BUSY.because(
                    "this server is at " + REPLAYS_MAX + " replays already", "try again when they are done"));
    private final Database database;
    private final PolicySets sets;
    private final Decisions decisions;
    private final Requests requests;

    PoliciesController(Database database, PolicySets sets, Decisions decisions, Requests requests) {
        this.database = database;
        this.sets = sets;
        this.decisions = decisions;
        this.requests = requests;
    }

    record StageChangeJson(
            long number, String stage, @Nullable String set, int rules, String by, String reason, Instant at) {
        static StageChangeJson of(StageChange change) {
            return new StageChangeJson(
                    change.number(),
                    RequestJson.word(change.stage()),
                    change.hash().orElse(null),
                    change.rules(),
                    change.byName(),
                    change.reason(),
                    change.at());
        }
    }

    record DraftJson(String set, int rules, boolean differs) {}

    record PolicyStatusJson(
            @Nullable StageChangeJson enforced, @Nullable StageChangeJson shadow, DraftJson draft) {}

    record EnforceJson(
            @Nullable String set,
            @Nullable String reason,
            @Nullable Boolean force) {}

    record RollbackJson(@Nullable String reason, @Nullable Boolean force) {}

    record ShadowedJson(@Nullable String set, @Nullable String reason) {}

    record PolicySetJson(String set, int rules, List<Map<String, Object>> documents) {}

    record RulingJson(
            String effect,
            List<Map<String, Object>> stages,
            Map<String, Object> obligations,
            List<String> explanation,
            List<String> trace,
            @Nullable Instant again) {
        static RulingJson of(Ruling ruling) {
            return new RulingJson(
                    RequestJson.word(ruling.effect()),
                    ruling.stages().stream()
                            .map(dev.sallyport.policy.code.Stage::tree)
                            .toList(),
                    ruling.demands().tree(),
                    ruling.sentences(),
                    ruling.trace().stream().map(Step::shown).toList(),
                    ruling.again().orElse(null));
        }
    }

    /** Which set is asked: one by name (draft, enforced, shadow, a hash), or files; the enforced one if neither is said. */
    record SimulateJson(
            @Nullable String person,
            @Nullable String role,
            @Nullable String target,
            @Nullable String duration,
            @Nullable Instant startsAt,
            @Nullable String reason,
            @Nullable String ticket,
            @Nullable Boolean breakGlass,
            @Nullable String address,
            @Nullable String mfaAge,
            @Nullable Integer risk,
            @Nullable List<String> alsoInGroups,
            @Nullable List<String> notInGroups,
            @Nullable String incident,
            @Nullable String set,
            @Nullable List<CatalogController.FileJson> files) {
        private static List<String> names(String field, @Nullable List<String> given) {
            return given == null
                    ? List.of()
                    : given.stream()
                            .map(name -> Names.check(field, RequestsController.required(field, name)))
                            .toList();
        }

        Supposing supposing() {
            return new Supposing(
                    names("also_in_groups", alsoInGroups),
                    names("not_in_groups", notInGroups),
                    Optional.ofNullable(incident));
        }
    }

    /** One role and target, or several of each: then the answer is a matrix of all of them. */
    record WhoCanJson(
            @Nullable String role,
            @Nullable String target,
            @Nullable List<String> roles,
            @Nullable List<String> targets,
            @Nullable String duration,
            @Nullable String address,
            @Nullable Integer risk,
            @Nullable String set,
            @Nullable List<CatalogController.FileJson> files,
            @Nullable String after,
            @Nullable Integer limit) {
        /** How many people are listed at most. */
        int most() {
            int most = limit == null ? PERSONS_MAX : limit;
            if (most < 1 || most > PERSONS_MAX) {
                throw InputRefusal.INVALID_VALUE.because("limit: " + most + " (expected: 1 to " + PERSONS_MAX + ")");
            }
            return most;
        }
    }

    /**
     * @param after the {@code next} of the part before, which also said {@code since} and {@code set}
     * @param limit how many changes are listed
     */
    record ReplayJson(
            @Nullable Instant since,
            @Nullable String set,
            @Nullable List<CatalogController.FileJson> files,
            @Nullable String after,
            @Nullable Integer limit) {
        /** Without the instant of the first part, what was asked at its edge would fall out between two parts. */
        PolicyHistory.Part part(Rx rx) {
            if (after != null && since == null) {
                throw InputRefusal.INVALID_VALUE.because(
                        "since: is missing beside after (expected: the 'since' of the first part)");
            }
            return new PolicyHistory.Part(
                    PoliciesController.since(rx, since),
                    Optional.ofNullable(after).map(ReplayJson::place),
                    limit == null ? PolicyHistory.CHANGES_MAX : limit);
        }

        private static ItemId place(String after) {
            if (!Ids.isId(ItemId.PREFIX, after)) {
                throw InputRefusal.INVALID_VALUE.because(
                        "after: " + Text.quoted(after) + " (expected: the 'next' of the part before)");
            }
            return new ItemId(after);
        }
    }

    record SimulatedJson(String set, RulingJson ruling, RequestJson.@Nullable RiskJson risk) {}

    record CouldJson(
            String person,
            String role,
            String target,
            String effect,
            List<String> explanation,
            RequestJson.@Nullable RiskJson risk) {
        static CouldJson of(Role role, Target target, WhoCan.Could could) {
            return new CouldJson(
                    could.person(),
                    role.name(),
                    target.name(),
                    RequestJson.word(could.ruling().effect()),
                    could.ruling().sentences(),
                    could.risk().map(RequestJson.RiskJson::of).orElse(null));
        }
    }

    /** @param incomplete roles on targets of which there are more people than are listed */
    record CouldListJson(
            String set,
            List<CouldJson> items,
            List<String> incomplete,
            @Nullable String next) {}

    record ChangedJson(
            String request,
            String requester,
            String role,
            String target,
            Instant at,
            String was,
            List<String> wasBecause,
            String now,
            List<String> nowBecause,
            List<String> rules) {
        static ChangedJson of(PolicyHistory.Change change) {
            return new ChangedJson(
                    change.request(),
                    change.requester(),
                    change.role(),
                    change.target(),
                    change.at(),
                    RequestJson.word(change.was()),
                    change.wasBecause(),
                    RequestJson.word(change.now()),
                    change.nowBecause(),
                    change.rules());
        }
    }

    /**
     * @param since the instant from which on was decided again, for the parts that follow
     * @param decided of everything in the first part, of what it went through in a later one; so with the other numbers
     * @param unused only in the first part
     * @param next where the changes go on, if they do
     */
    record ReplayedJson(
            String set,
            Instant since,
            int decided,
            int skipped,
            int changed,
            List<ChangedJson> changes,
            @Nullable List<String> unused,
            @Nullable String next) {
        static ReplayedJson of(PolicySet set, PolicyHistory.Part part, PolicyHistory.Replay replay) {
            return new ReplayedJson(
                    set.hash(),
                    part.since(),
                    replay.decided(),
                    replay.skipped(),
                    replay.changed(),
                    replay.changes().stream().map(ChangedJson::of).toList(),
                    part.after().isPresent() ? null : replay.unused(),
                    replay.next().map(ItemId::value).orElse(null));
        }
    }

    record ExplainedItemJson(
            String id,
            String role,
            String target,
            String state,
            String effect,
            List<String> explanation,
            @Nullable String set,
            @Nullable List<String> trace,
            @Nullable Map<String, Object> facts,
            @Nullable LastWordJson lastWord) {}

    /** What the rules of the day said when the last word was given. */
    record LastWordJson(
            Instant at,
            String effect,
            List<String> explanation,
            @Nullable String set,
            @Nullable List<String> trace) {
        static LastWordJson of(LastWord said, boolean all) {
            return new LastWordJson(
                    said.at(),
                    RequestJson.word(said.effect()),
                    said.explanation(),
                    all ? said.policy() : null,
                    all ? said.trace() : null);
        }
    }

    record ExplainedJson(String id, String requester, List<ExplainedItemJson> items) {}

    @Needs(READ)
    @Summary("Which set of policies decides, which is in shadow, and what the draft is")
    @GetMapping("/policy")
    PolicyStatusJson status() {
        PolicySets.Status status = database.read(sets::status);
        Optional<String> enforced = status.enforced().flatMap(StageChange::hash);
        return new PolicyStatusJson(
                status.enforced().map(StageChangeJson::of).orElse(null),
                status.shadow().map(StageChangeJson::of).orElse(null),
                new DraftJson(
                        status.draft(),
                        status.draftRules(),
                        !enforced.equals(Optional.of(status.draft()))
                                && (enforced.isPresent() || status.draftRules() > 0)));
    }

    @Needs(READ)
    @Summary("Which set was enforced or in shadow since when, newest first unless asked otherwise")
    @GetMapping("/policy/history")
    Page<StageChangeJson> history(
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Slice(Orders.byAge(order), Page.number(after), size);
        return Page.of(
                database.read(rx -> sets.history(rx, slice)),
                size,
                StageChangeJson::of,
                change -> Long.toString(change.number()));
    }

    @Needs(READ)
    @Summary(
            value = "The documents of a set: draft, enforced, shadow, or the beginning of a hash",
            refuses = "policy.unknown")
    @GetMapping("/policy/sets/{set}")
    PolicySetJson set(@PathVariable String set) {
        PolicySet found = database.read(rx -> sets.named(rx, set));
        return new PolicySetJson(found.hash(), found.size(), found.documents());
    }

    @Needs(ENFORCE)
    @Summary(
            value = "Let a set decide; the draft, if none is named",
            refuses = {
                "policy.unknown",
                "policy.unsound",
                "policy.nothing-to-change",
                "policy.locks-out",
                "policy.cannot-be-kept"
            })
    @PostMapping("/policy/enforce")
    StageChangeJson enforce(Caller caller, @RequestBody EnforceJson body) {
        return StageChangeJson.of(sets.enforce(
                caller.actor(),
                body.set() == null ? "draft" : body.set(),
                RequestsController.required("reason", body.reason()),
                Boolean.TRUE.equals(body.force())));
    }

    @Needs(ENFORCE)
    @Summary(
            value = "Let the set decide again that was enforced before",
            refuses = {"policy.unknown", "policy.locks-out"})
    @PostMapping("/policy/rollback")
    StageChangeJson rollBack(Caller caller, @RequestBody RollbackJson body) {
        return StageChangeJson.of(sets.rollBack(
                caller.actor(),
                RequestsController.required("reason", body.reason()),
                Boolean.TRUE.equals(body.force())));
    }

    @Needs(ENFORCE)
    @Summary(
            value = "Have a set say what it would decide beside the one that does; none ends that",
            refuses = {"policy.unknown", "policy.unsound"})
    @PostMapping("/policy/shadow")
    StageChangeJson shadow(Caller caller, @RequestBody ShadowedJson body) {
        return StageChangeJson.of(sets.shadow(
                caller.actor(),
                Optional.ofNullable(body.set()).filter(name -> !name.equals("none")),
                RequestsController.required("reason", body.reason())));
    }

    @Needs(READ)
    @Summary("What the set in shadow decided otherwise, newest first unless asked otherwise")
    @GetMapping("/policy/shadow/differences")
    Page<ChangedJson> differences(
            @RequestParam(required = false) @Nullable Instant since,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Slice(
                Orders.byAge(order),
                Optional.ofNullable(after).map(ReplayJson::place).map(ItemId::value),
                size);
        return Page.of(
                database.read(rx -> PolicyHistory.shadowed(rx, since(rx, since), slice)),
                size,
                shadowed -> ChangedJson.of(shadowed.change()),
                shadowed -> shadowed.item().value());
    }

    @Needs(READ)
    @Summary(
            value = "What a set would say to somebody who asked this now, for now or for a later time",
            refuses = {"policy.unknown", "policy.unsound", "catalog.not-found", "catalog.invalid"})
    @PostMapping("/policy/simulate")
    SimulatedJson simulate(@RequestBody SimulateJson body) {
        return database.read(rx -> {
            PolicySet set = set(rx, body.set(), body.files());
            Role role = role(rx, body.role());
            String name = RequestsController.required("person", body.person());
            Person person = Directory.person(rx, name)
                    .orElseThrow(() -> CatalogRefusal.NOT_FOUND.because("no Person " + Text.quoted(name)));
            var wish = new Asked.Wish(
                    body.duration() == null ? role.rule().maxDuration() : Durations.parse("duration", body.duration()),
                    Optional.ofNullable(body.startsAt()),
                    body.reason() == null ? "" : body.reason(),
                    Optional.ofNullable(body.ticket()),
                    Boolean.TRUE.equals(body.breakGlass()),
                    Optional.ofNullable(body.address()),
                    Optional.ofNullable(body.mfaAge()).map(age -> Durations.parse("mfa_age", age)),
                    Optional.ofNullable(body.risk()).map(RiskScore::stated));
            PolicyHistory.Simulated simulated = PolicyHistory.simulate(
                    rx, set, decisions, person, role, target(rx, body.target()), wish, body.supposing());
            return new SimulatedJson(
                    set.hash(),
                    RulingJson.of(simulated.ruling()),
                    simulated.risk().map(RequestJson.RiskJson::of).orElse(null));
        });
    }

    @Needs(READ)
    @Summary(
            value = "Who may ask for a role on a target, and what a set would say to each",
            refuses = {"policy.unknown", "policy.unsound", "catalog.not-found", "catalog.invalid"})
    @PostMapping("/policy/who-can")
    CouldListJson whoCan(@RequestBody WhoCanJson body) {
        List<String> roleNames = one("role", body.role(), body.roles());
        List<String> targetNames = one("target", body.target(), body.targets());
        if ((long) roleNames.size() * targetNames.size() > PAIRS_MAX) {
            throw InputRefusal.INVALID_VALUE.because("roles and targets: " + roleNames.size() + " by "
                    + targetNames.size() + " (expected: together at most " + PAIRS_MAX + " pairs)");
        }
        boolean alone = roleNames.size() * targetNames.size() == 1;
        String after = Objects.requireNonNullElse(body.after(), "");
        if (!alone && !after.isEmpty()) {
            throw InputRefusal.INVALID_VALUE.because("after: " + Text.quoted(after)
                    + " (expected: only with one role and one target, where there is a next)");
        }
        return busy(() -> database.read(rx -> {
            PolicySet set = set(rx, body.set(), body.files());
            List<Target> targets =
                    targetNames.stream().map(name -> target(rx, name)).toList();
            int each = Math.max(1, body.most() / Math.max(1, roleNames.size() * targets.size()));
            var could = new ArrayList<CouldJson>();
            var cut = new ArrayList<String>();
            for (String name : roleNames) {
                Role role = role(rx, name);
                for (Target target : targets) {
                    List<CouldJson> some =
                            WhoCan.get(rx, set, decisions, role, target, wish(role, body), after, each + 1).stream()
                                    .map(one -> CouldJson.of(role, target, one))
                                    .toList();
                    could.addAll(some.subList(0, Math.min(each, some.size())));
                    if (some.size() > each) {
                        cut.add(role.name() + " on " + target.name());
                    }
                }
            }
            String next = alone && !cut.isEmpty() ? could.getLast().person() : null;
            return new CouldListJson(set.hash(), could, cut, next);
        }));
    }

    private static List<String> one(String what, @Nullable String one, @Nullable List<String> several) {
        if (one != null && several != null) {
            throw InputRefusal.INVALID_VALUE.because(what + ": stands beside " + what + "s (expected: one of the two)");
        }
        return several == null
                ? List.of(RequestsController.required(what, one))
                : several.stream()
                        .map(name -> RequestsController.required(what + "s", name))
                        .distinct()
                        .toList();
    }

    private static Asked.Wish wish(Role role, WhoCanJson body) {
        Asked.Wish usual = WhoCan.wish(role);
        return new Asked.Wish(
                body.duration() == null ? usual.duration() : Durations.parse("duration", body.duration()),
                usual.start(),
                usual.reason(),
                usual.ticket(),
                usual.breakGlass(),
                Optional.ofNullable(body.address()),
                usual.mfaAge(),
                Optional.ofNullable(body.risk()).map(RiskScore::stated));
    }

    /** A running grant that would not go on as it does. */
    record ForecastChangeJson(
            String grant,
            String person,
            String role,
            String target,
            Instant endsAt,
            String becomes,
            List<String> because) {
        static ForecastChangeJson of(Forecast.Change change) {
            return new ForecastChangeJson(
                    change.grant().id().value(),
                    change.grant().personName(),
                    change.grant().roleName(),
                    change.grant().targetName(),
                    change.grant().endsAt(),
                    RequestJson.word(change.becoming()),
                    change.because());
        }
    }

    record ForecastJson(String set, long running, int judged, int ending, int warned, List<ForecastChangeJson> items) {}

    @Needs(READ)
    @Summary(
            value =
                    "What would become of what runs if a set were enforced now; the draft, if none is named. Which grants, only with grant.read-all",
            refuses = {"policy.unknown", "policy.unsound", "policy.busy", "catalog.invalid"})
    @PostMapping("/policy/forecast")
    ForecastJson forecast(Caller caller, @RequestBody WhichSetJson body) {
        boolean all = caller.rights().contains(GRANTS);
        return busy(() -> database.read(rx -> {
            PolicySet set = setOrDraft(rx, body);
            Forecast forecast = Forecast.of(rx, decisions, set);
            return new ForecastJson(
                    set.hash(),
                    forecast.running(),
                    forecast.judged(),
                    forecast.ending(),
                    forecast.warned(),
                    all
                            ? forecast.changes().stream()
                                    .map(ForecastChangeJson::of)
                                    .toList()
                            : List.of());
        }));
    }

    record CaseJson(
            String test,
            String name,
            String file,
            int line,
            boolean passed,
            List<String> differences,
            List<String> trace) {
        static CaseJson of(PolicyTest test, PolicyTest.Result result, boolean traced) {
            return new CaseJson(
                    test.name(),
                    result.of().name(),
                    result.of().file(),
                    result.of().line(),
                    result.passed(),
                    result.differences(),
                    result.passed() || !traced
                            ? List.of()
                            : result.ruling().trace().stream()
                                    .limit(STEPS_MAX)
                                    .map(Step::shown)
                                    .toList());
        }
    }

    record TestedJson(String set, int passed, int failed, List<CaseJson> items) {}

    @Needs(READ)
    @Summary(
            value =
                    "Run the cases of PolicyTest documents: by a set, else by the policies beside them, else by the draft",
            refuses = {"policy.unknown", "policy.unsound", "catalog.invalid", "catalog.too-large"})
    @PostMapping("/policy/test")
    TestedJson test(@RequestBody WhichSetJson body) {
        PolicyFiles read = PolicyFiles.read(new CatalogController.FilesJson(body.files(), false, false).sources());
        PolicySet own = read.set().orElseThrow(() -> new CatalogController.Unsound(read.errors()));
        if (read.tests().isEmpty()) {
            throw InputRefusal.INVALID_VALUE.because("files: no PolicyTest in them (expected: at least one)");
        }
        int wanted = read.tests().stream().mapToInt(test -> test.cases().size()).sum();
        if (wanted > CASES_MAX) {
            throw InputRefusal.INVALID_VALUE.because(
                    "files: " + wanted + " cases (expected: at most " + CASES_MAX + " at once)");
        }
        boolean theirs = body.set() == null && own.size() > 0;
        return busy(() -> tested(
                read.tests(),
                theirs ? own : database.read(rx -> sets.named(rx, body.set() == null ? "draft" : body.set()))));
    }

    private static TestedJson tested(List<PolicyTest> tests, PolicySet set) {
        var cases = new ArrayList<CaseJson>();
        int failed = 0;
        for (PolicyTest test : tests) {
            for (PolicyTest.Result result : test.run(set)) {
                failed += result.passed() ? 0 : 1;
                cases.add(CaseJson.of(test, result, failed <= TRACED_MAX));
            }
        }
        return new TestedJson(set.hash(), cases.size() - failed, failed, cases);
    }

    record NoteJson(String code, String message) {}

    record CheckedJson(String set, int rules, List<NoteJson> items) {}

    @Needs(READ)
    @Summary(
            value =
                    "What is probably not meant in a set and in the catalogue it would decide by; the draft, if none is named",
            refuses = {"policy.unknown", "policy.unsound", "policy.busy", "catalog.invalid"})
    @PostMapping("/policy/check")
    CheckedJson check(@RequestBody WhichSetJson body) {
        return busy(() -> database.read(rx -> {
            PolicySet set = setOrDraft(rx, body);
            return new CheckedJson(
                    set.hash(),
                    set.size(),
                    Checkup.of(rx, decisions, set).stream()
                            .map(note -> new NoteJson(note.code(), note.message()))
                            .toList());
        }));
    }

    record WhichSetJson(@Nullable String set, @Nullable List<CatalogController.FileJson> files) {}

    private PolicySet setOrDraft(Rx rx, WhichSetJson body) {
        return set(rx, body.set() == null && body.files() == null ? "draft" : body.set(), body.files());
    }

    /** What takes long is done for few at once. */
    private <T> T busy(Supplier<T> work) {
        try (var _ = replays.take()) {
            return work.get();
        }
    }

    @Needs(READ)
    @Summary(
            value =
                    "Decide everything again that was asked since a time (90 days, if none is said), and list what comes out otherwise, part by part, and which rules matched nothing",
            refuses = {"policy.unknown", "policy.unsound", "policy.busy", "catalog.invalid"})
    @PostMapping("/policy/replay")
    ReplayedJson replay(@RequestBody ReplayJson body) {
        return busy(() -> replayed(body));
    }

    private ReplayedJson replayed(ReplayJson body) {
        return database.read(rx -> {
            PolicySet set = set(rx, body.set() == null && body.files() == null ? "draft" : body.set(), body.files());
            PolicyHistory.Part part = body.part(rx);
            return ReplayedJson.of(set, part, PolicyHistory.replay(rx, sets, set, part));
        });
    }

    @SignedIn
    @Summary(
            value = "Why a request was decided as it was; rules and facts only with policy.read",
            refuses = {"request.unknown"})
    @GetMapping("/requests/{id}/explanation")
    ExplainedJson explain(Caller caller, @PathVariable String id) {
        boolean all = caller.rights().contains(READ);
        Request request = requests.find(
                caller.personId(), all || caller.rights().contains("request.read-all"), new RequestId(id));
        return database.read(rx -> new ExplainedJson(
                request.id().value(),
                request.requesterName(),
                request.items().stream().map(item -> explained(rx, item, all)).toList()));
    }

    private static ExplainedItemJson explained(Rx rx, Item item, boolean all) {
        return new ExplainedItemJson(
                item.id().value(),
                item.roleName(),
                item.targetName(),
                RequestJson.word(item.state()),
                RequestJson.word(item.decision().effect()),
                item.decision().explanation(),
                all ? item.decision().policy() : null,
                all ? item.decision().trace() : null,
                all ? PolicyHistory.facts(rx, item).map(Kept::tree).orElse(null) : null,
                PolicyHistory.lastWord(rx, item)
                        .map(said -> LastWordJson.of(said, all))
                        .orElse(null));
    }

    @ExceptionHandler(CatalogController.Unsound.class)
    ResponseEntity<dev.sallyport.server.Problem> unsound(CatalogController.Unsound unsound) {
        return ResponseEntity.badRequest()
                .contentType(MediaType.parseMediaType(dev.sallyport.server.Problem.MEDIA_TYPE))
                .body(unsound.problem());
    }

    private PolicySet set(Rx rx, @Nullable String name, @Nullable List<CatalogController.FileJson> files) {
        if (files == null) {
            return sets.named(rx, name == null ? "enforced" : name);
        }
        if (name != null) {
            throw InputRefusal.INVALID_VALUE.because("set: stands beside files (expected: one of the two)");
        }
        PolicyFiles read = PolicyFiles.read(new CatalogController.FilesJson(files, false, false).sources());
        return read.set().orElseThrow(() -> new CatalogController.Unsound(read.errors()));
    }

    private static Instant since(Rx rx, @Nullable Instant since) {
        return since == null ? rx.now().minus(SINCE) : since;
    }

    private static Role role(Rx rx, @Nullable String given) {
        String name = RequestsController.required("role", given);
        return Catalog.role(rx, name)
                .orElseThrow(() -> CatalogRefusal.NOT_FOUND.because("no Role " + Text.quoted(name)));
    }

    private static Target target(Rx rx, @Nullable String given) {
        String name = RequestsController.required("target", given);
        return Catalog.target(rx, name)
                .orElseThrow(() -> CatalogRefusal.NOT_FOUND.because("no Target " + Text.quoted(name)));
    }
}
