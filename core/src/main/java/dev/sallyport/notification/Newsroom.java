package dev.sallyport.notification;

import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.base.Durations;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.News;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.finding.Severity;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.request.Emergency;
import dev.sallyport.request.Item;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes news of events; of most of them there is none. What asks approvers is made by {@link Asking}. */
final class Newsroom {
    private static final String REVIEW = "review.decide";

    /** How many are told that a review is late. */
    private static final int REVIEWERS = 50;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT);

    private Newsroom() {}

    static List<Telling> of(Rx rx, RecordedEvent event) {
        return switch (event.activity()) {
            case "request.approved" -> approved(rx, event);
            case "request.denied" -> denied(rx, event);
            case "request.expired" ->
                toAsker(rx, event, News.REQUEST_EXPIRED, Severity.LOW, "expired before it was decided", item -> true);
            case "approval.escalated" ->
                toAsker(
                        rx,
                        event,
                        News.REQUEST_ESCALATED,
                        Severity.LOW,
                        "waited too long for " + event.data().text("waited_for", "its approvers") + ", and goes on to "
                                + event.data().text("to", "others"),
                        item -> true);
            case "grant.ended" -> ended(rx, event);
            case "break-glass.used" -> glass(rx, event);
            case "review.opened" ->
                review(
                        rx,
                        event,
                        News.REVIEW_DUE,
                        Severity.MEDIUM,
                        "A review is due",
                        event.data().text("due_at", ""));
            case "review.overdue" -> review(rx, event, News.REVIEW_OVERDUE, Severity.HIGH, "A review is overdue", "");
            case "finding.opened" -> finding(rx, event);
            case "passkey.registered" -> factorAdded(rx, event, "A passkey");
            case "factor.enrolled" -> factorAdded(rx, event, "An authenticator app");
            default -> List.of();
        };
    }

    private static List<Telling> approved(Rx rx, RecordedEvent event) {
        List<Telling> asker = toAsker(
                rx,
                event,
                News.REQUEST_DECIDED,
                Severity.LOW,
                "is approved",
                item -> !item.stages().isEmpty());
        Optional<Request> request = request(rx, event);
        Optional<Item> item = request.flatMap(found -> item(found, event));
        if (item.isEmpty() || !event.data().text("emergency", "").isEmpty()) {
            return asker; // an emergency has news of its own
        }
        List<String> told = item.get().decision().obligations().notified();
        if (told.isEmpty()) {
            return asker;
        }
        Telling granted = Telling.of(
                        News.ACCESS_GRANTED,
                        Severity.LOW,
                        key(News.ACCESS_GRANTED, event),
                        new Story(
                                who(rx, request.get().requester()) + " was granted " + what(item.get()),
                                facts(rx, request.get(), item.get()),
                                "sallyport show " + request.get().id()),
                        others(Directory.active(rx, List.of(), told, false), request.get()))
                .on(target(rx, event))
                .in(Optional.of(request.get().id().value()));
        return java.util.stream.Stream.concat(asker.stream(), java.util.stream.Stream.of(granted))
                .toList();
    }

    /** What policy denies, its asker is told at once by the answer. */
    private static List<Telling> denied(Rx rx, RecordedEvent event) {
        return !event.data().text("denied_by", "policy").equals("policy")
                ? toAsker(rx, event, News.REQUEST_DECIDED, Severity.LOW, "is denied", _ -> true)
                : List.of();
    }

    private static List<Telling> toAsker(
            Rx rx,
            RecordedEvent event,
            News news,
            Severity severity,
            String how,
            java.util.function.Predicate<Item> worth) {
        Optional<Request> request = request(rx, event);
        Optional<Item> item = request.flatMap(found -> item(found, event)).filter(worth);
        return item
                .map(found -> Telling.of(
                                news,
                                severity,
                                key(news, event),
                                new Story(
                                        "The request of "
                                                + who(rx, request.get().requester()) + " for " + what(found) + " "
                                                + how,
                                        facts(rx, request.get(), found),
                                        "sallyport show " + request.get().id()),
                                people(rx, List.of(request.get().requester())))
                        .on(target(rx, event))
                        .in(Optional.of(request.get().id().value())))
                .stream()
                .toList();
    }

    private static List<Telling> ended(Rx rx, RecordedEvent event) {
        return grant(rx, event)
                .map(grant -> Telling.of(
                                News.GRANT_ENDED,
                                Severity.LOW,
                                key(News.GRANT_ENDED, event),
                                new Story(
                                        "The grant of " + grant.roleName() + " on " + grant.targetName() + " to "
                                                + grant.personName() + " has ended",
                                        new Story.Facts()
                                                .with("grant", grant.id().value())
                                                .with(
                                                        "why",
                                                        grant.endReason()
                                                                .map(dev.sallyport.database.Rows::stored)
                                                                .orElse(""))
                                                .with("said", grant.endComment().orElse(""))
                                                .all(),
                                        "sallyport show " + grant.id()),
                                people(rx, List.of(grant.person())))
                        .on(Catalog.target(rx, grant.target())))
                .stream()
                .toList();
    }

    /** A grant that ends soon; told by the clock and by no event. */
    static Telling ending(Rx rx, Grant grant) {
        return Telling.of(
                        News.GRANT_ENDING,
                        Severity.LOW,
                        News.GRANT_ENDING + " " + grant.id() + " " + grant.endsAt(),
                        new Story(
                                "The grant of " + grant.roleName() + " on " + grant.targetName() + " to "
                                        + grant.personName() + " ends at " + time(grant.endsAt()),
                                new Story.Facts()
                                        .with("grant", grant.id().value())
                                        .with("ends", time(grant.endsAt()))
                                        .all(),
                                "sallyport extend " + grant.id() + " --for 30m asks for more time"),
                        people(rx, List.of(grant.person())))
                .on(Catalog.target(rx, grant.target()));
    }

    private static List<Telling> glass(Rx rx, RecordedEvent event) {
        return grant(rx, event)
                .flatMap(grant -> Requests.find(rx, grant.request()).map(request -> glass(rx, event, grant, request)))
                .stream()
                .toList();
    }

    private static Telling glass(Rx rx, RecordedEvent event, Grant grant, Request request) {
        return Telling.of(
                        News.BREAK_GLASS_USED,
                        Severity.CRITICAL,
                        key(News.BREAK_GLASS_USED, event),
                        new Story(
                                who(rx, grant.person()) + " " + how(event) + ": " + grant.roleName() + " on "
                                        + grant.targetName(),
                                new Story.Facts()
                                        .with("reason", request.reason())
                                        .with("ticket", request.ticket().orElse(""))
                                        .with("until", time(grant.endsAt()))
                                        .with("grant", grant.id().value())
                                        .with("request", request.id().value())
                                        .all(),
                                "sallyport revoke " + grant.id() + " ends it; sallyport reviews list shows the review"
                                        + " that it owes"),
                        others(Directory.active(rx, List.of(), event.data().texts("notify"), false), request))
                .on(Catalog.target(rx, grant.target()))
                .in(Optional.of(request.id().value()))
                .toEveryChannel();
    }

    private static String how(RecordedEvent event) {
        return Emergency.valueOf(event.data()
                        .text("because", "break glass")
                        .toUpperCase(Locale.ROOT)
                        .replace(' ', '_'))
                .how(event.data().texts("incidents"));
    }

    private static List<Telling> review(
            Rx rx, RecordedEvent event, News news, Severity severity, String title, String due) {
        Optional<Grant> grant = grant(rx, event);
        Optional<Request> request = grant.flatMap(found -> Requests.find(rx, found.request()));
        if (request.isEmpty()) {
            return List.of();
        }
        List<String> told = request.get().items().stream()
                .flatMap(item -> item.decision().obligations().notified().stream())
                .distinct()
                .toList();
        String id = event.data().text("review", "");
        boolean late = news == News.REVIEW_OVERDUE;
        int days = event.data().number("days", 0);
        return List.of(Telling.of(
                        news,
                        severity,
                        news + " " + id + (days > 0 ? " " + days : ""),
                        new Story(
                                title + ": " + grant.get().roleName() + " on "
                                        + grant.get().targetName() + " by "
                                        + grant.get().personName(),
                                new Story.Facts()
                                        .with("review", id)
                                        .with("due", due.isEmpty() ? "" : time(Instant.parse(due)))
                                        .with("reason", request.get().reason())
                                        .with("grant", grant.get().id().value())
                                        .all(),
                                "sallyport reviews close " + id + " --verdict justified|not-justified --comment …"),
                        others(Directory.active(rx, late ? reviewers(rx) : List.of(), told, false), request.get()))
                .on(Catalog.target(rx, grant.get().target()))
                .in(Optional.of(request.get().id().value())));
    }

    /** Those who may ask for the right to review, at most {@link #REVIEWERS}. */
    private static List<String> reviewers(Rx rx) {
        return Catalog.target(rx, Target.SALLYPORT)
                .map(product -> Catalog.rolesWithRight(rx, REVIEW).stream()
                        .flatMap(role -> Catalog.eligible(rx, role, product))
                        .map(asker -> asker.person().name())
                        .distinct()
                        .limit(REVIEWERS)
                        .toList())
                .orElse(List.of());
    }

    private static List<Telling> finding(Rx rx, RecordedEvent event) {
        String kind = event.data().text("kind", "");
        String subject = event.data().text("subject", "");
        String message = rx.one(
                        "select message from finding where id = ?",
                        row -> row.getString(1),
                        event.data().text("finding", ""))
                .orElse("");
        Optional<Target> target = subject(rx, subject);
        return List.of(Telling.of(
                        News.FINDING,
                        Severity.valueOf(event.data().text("severity", "low").toUpperCase(Locale.ROOT)),
                        key(News.FINDING, event),
                        new Story(
                                "Finding " + kind + ": " + subject,
                                new Story.Facts()
                                        .with("what", message)
                                        .with("severity", event.data().text("severity", ""))
                                        .with("finding", event.data().text("finding", ""))
                                        .all(),
                                "sallyport findings"),
                        target.flatMap(found -> found.spec().text("owner"))
                                .map(owner -> Directory.active(rx, List.of(owner), List.of(owner), false))
                                .orElse(List.of()))
                .on(target)
                .notTo(kind.equals(Sending.FINDING) ? Optional.of(subject) : Optional.empty()));
    }

    /** So that whoever did not do it themselves hears of it. */
    private static List<Telling> factorAdded(Rx rx, RecordedEvent event, String what) {
        if (!event.outcome().equals("success")) {
            return List.of();
        }
        return people(rx, List.of(new PersonId(event.data().text("person", "")))).stream()
                .map(person -> Telling.of(
                        News.FACTOR_ADDED,
                        Severity.MEDIUM,
                        key(News.FACTOR_ADDED, event),
                        new Story(
                                what + " was added to the account " + person.name(),
                                new Story.Facts()
                                        .with("called", event.personal().getOrDefault("name", ""))
                                        .with("from", event.personal().getOrDefault("source_address", ""))
                                        .with("at", time(event.happenedAt()))
                                        .all(),
                                "if that was not " + person.name()
                                        + ": remove it under Sign-in and factors, change the password, and sign out everywhere else"),
                        List.of(person)))
                .toList();
    }

    /** What a finding is about, where that is a target or something on one. */
    private static Optional<Target> subject(Rx rx, String subject) {
        if (subject.startsWith("grt_")) {
            return Grants.find(rx, new GrantId(subject)).flatMap(grant -> Catalog.target(rx, grant.target()));
        }
        return rx.one("select name from target where id = ? or name = ?", row -> row.getString(1), subject, subject)
                .flatMap(name -> Catalog.target(rx, name));
    }

    /** What approvers see of an item (RQ9), and everybody else who is told of it. */
    static List<Fact> facts(Rx rx, Request request, Item item) {
        var terms = item.decision().terms();
        return new Story.Facts()
                .with("who", who(rx, request.requester()))
                .with("what", what(item))
                .with("opens", String.join(", ", terms.logins()))
                .with("rights", String.join(", ", terms.rights()))
                .with("for", Durations.shown(request.duration()))
                .with("from", item.startsAt(request).map(Newsroom::time).orElse(""))
                .with("reason", request.reason())
                .with("ticket", request.ticket().orElse(""))
                .with(
                        "said",
                        item.verdicts().stream()
                                .map(verdict -> verdict.byName()
                                        + (verdict.approves() ? " approves" : " denies")
                                        + verdict.comment()
                                                .map(comment -> ": " + comment)
                                                .orElse(""))
                                .collect(Collectors.joining("; ")))
                .with("decided by", item.decideBy().isAfter(rx.now()) ? time(item.decideBy()) : "")
                .with("request", request.id().value())
                .all();
    }

    static String who(Rx rx, PersonId person) {
        return Directory.person(rx, person)
                .map(found -> found.displayName().equals(found.name())
                        ? found.name()
                        : found.displayName() + " (" + found.name() + ")")
                .orElse("somebody");
    }

    static String what(Item item) {
        return item.roleName() + " on " + item.targetName();
    }

    static String time(Instant time) {
        return TIME.format(time.truncatedTo(ChronoUnit.MINUTES).atOffset(ZoneOffset.UTC));
    }

    static Optional<Request> request(Rx rx, RecordedEvent event) {
        return Optional.ofNullable(event.correlation().get("request"))
                .flatMap(id -> Requests.find(rx, new RequestId(id)));
    }

    private static Optional<Item> item(Request request, RecordedEvent event) {
        String id = event.data().text("item", "");
        return request.items().stream()
                .filter(item -> item.id().value().equals(id))
                .findFirst();
    }

    private static Optional<Grant> grant(Rx rx, RecordedEvent event) {
        return Optional.ofNullable(event.correlation().get("grant")).flatMap(id -> Grants.find(rx, new GrantId(id)));
    }

    private static Optional<Target> target(Rx rx, RecordedEvent event) {
        return event.target().flatMap(name -> Catalog.target(rx, name));
    }

    static List<Person> people(Rx rx, List<PersonId> ids) {
        return Directory.persons(rx, ids.stream().map(PersonId::value).toList()).stream()
                .sorted(java.util.Comparator.comparing(Person::name))
                .toList();
    }

    private static List<Person> others(List<Person> people, Request request) {
        return people.stream()
                .filter(person -> !person.id().equals(request.requester()))
                .limit(dev.sallyport.request.Awaited.PEOPLE_MAX)
                .toList();
    }

    private static String key(News news, RecordedEvent event) {
        return news + " " + event.id();
    }
}
