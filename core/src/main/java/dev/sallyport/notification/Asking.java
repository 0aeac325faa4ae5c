package dev.sallyport.notification;

import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.News;
import dev.sallyport.database.Rx;
import dev.sallyport.finding.Severity;
import dev.sallyport.identity.Person;
import dev.sallyport.request.Awaited;
import dev.sallyport.request.Item;
import dev.sallyport.request.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Asks approvers for their word (RQ2): each of them once for each stage, with all that wait for them in one letter. Whom it
 * asks follows from what waits now, so events that come late or twice ask nobody twice.
 */
final class Asking {
    /** Ends the name of a stage that a channel was told of again, because others were asked too. */
    static final String AGAIN = "+";

    private Asking() {}

    /** What asks people, and the stages that anything here is about. */
    record Asked(List<Telling> tellings, List<Awaited> stages) {
        static final Asked NOTHING = new Asked(List.of(), List.of());
    }

    static Asked of(Rx rx, RecordedEvent event) {
        return switch (event.activity()) {
            case "request.created", "approval.given", "approval.escalated", "approval.fell-back" ->
                Newsroom.request(rx, event)
                        .map(request -> toDecide(rx, request))
                        .orElse(Asked.NOTHING);
            case "approval.reminded" ->
                Newsroom.request(rx, event)
                        .map(request -> reminder(rx, request, event))
                        .orElse(Asked.NOTHING);
            default -> Asked.NOTHING;
        };
    }

    private static Asked toDecide(Rx rx, Request request) {
        List<Awaited> waiting = Awaited.of(rx, request.id());
        if (waiting.isEmpty()) {
            return Asked.NOTHING;
        }
        var tellings = new ArrayList<Telling>();
        var mine = new LinkedHashMap<PersonId, List<Awaited>>();
        waiting.forEach(stage -> stage.people()
                .forEach(person ->
                        mine.computeIfAbsent(person, _ -> new ArrayList<>()).add(stage)));
        Map<PersonId, Person> people = Newsroom.people(rx, List.copyOf(mine.keySet())).stream()
                .collect(Collectors.toMap(Person::id, person -> person));
        mine.forEach((id, stages) -> {
            List<String> told = Outbox.asked(rx, request.id().value(), id.value());
            List<Awaited> fresh = stages.stream()
                    .filter(stage -> !told.contains(stage.name()))
                    .toList();
            if (!fresh.isEmpty() && people.containsKey(id)) {
                tellings.add(asking(rx, News.REQUEST_TO_DECIDE, request, fresh, List.of(people.get(id)), false, ""));
            }
        });
        List<String> told = Outbox.asked(rx, request.id().value(), null);
        List<Awaited> fresh = waiting.stream()
                .filter(stage -> !told.contains(stage.name()) || stage.escalated() && !told.contains(again(stage)))
                .toList();
        if (!fresh.isEmpty()) {
            tellings.add(asking(rx, News.REQUEST_TO_DECIDE, request, fresh, List.of(), true, ""));
        }
        return new Asked(tellings, waiting);
    }

    /** To those who were asked and are still silent; who joins with an escalation is asked, and not reminded first. */
    private static Asked reminder(Rx rx, Request request, RecordedEvent event) {
        String name = event.data().text("item", "") + "/" + event.data().text("stage", "");
        Optional<Awaited> stage = Awaited.of(rx, request.id()).stream()
                .filter(waiting -> waiting.name().equals(name))
                .findFirst();
        if (stage.isEmpty()) {
            return Asked.NOTHING;
        }
        String id = request.id().value();
        List<PersonId> silent = stage.get().people().stream()
                .filter(person -> Outbox.asked(rx, id, person.value()).contains(name))
                .toList();
        return new Asked(
                List.of(asking(
                        rx,
                        News.REQUEST_REMINDER,
                        request,
                        List.of(stage.get()),
                        Newsroom.people(rx, silent),
                        Outbox.asked(rx, id, null).contains(name),
                        " " + event.data().text("reminder", ""))),
                List.of());
    }

    private static String again(Awaited stage) {
        return stage.name() + AGAIN;
    }

    private static Telling asking(
            Rx rx, News news, Request request, List<Awaited> stages, List<Person> people, boolean fixed, String nth) {
        List<Item> items = request.items().stream()
                .filter(item -> stages.stream().anyMatch(stage -> stage.item().equals(item.id())))
                .toList();
        String whose = stages.stream()
                .map(stage -> stage.approvers().shown())
                .distinct()
                .collect(Collectors.joining(", then "));
        var facts = new ArrayList<Fact>();
        items.forEach(item -> Newsroom.facts(rx, request, item).stream()
                .filter(fact -> !facts.contains(fact))
                .forEach(facts::add));
        facts.add(new Fact("asked of", whose));
        List<String> names = new ArrayList<>(stages.stream().map(Awaited::name).toList());
        if (fixed) {
            stages.stream().filter(Awaited::escalated).map(Asking::again).forEach(names::add);
        }
        return Telling.of(
                        news,
                        Severity.MEDIUM,
                        news + " " + String.join(",", names) + nth,
                        new Story(
                                (news == News.REQUEST_REMINDER ? "Still waiting: " : "")
                                        + Newsroom.who(rx, request.requester()) + " asks for "
                                        + items.stream().map(Newsroom::what).collect(Collectors.joining(", ")),
                                facts,
                                "sallyport approve " + request.id() + ", or sallyport deny " + request.id()
                                        + " --comment …"),
                        people)
                .on(first(rx, items))
                .in(Optional.of(request.id().value()))
                .asking(names, fixed);
    }

    /** Routes look at one target: that of the first item. */
    private static Optional<dev.sallyport.catalog.Target> first(Rx rx, List<Item> items) {
        return items.stream()
                .min(Comparator.comparing(Item::targetName))
                .flatMap(item -> Catalog.target(rx, item.target()));
    }
}
