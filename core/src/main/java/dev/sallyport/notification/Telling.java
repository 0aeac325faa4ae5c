package dev.sallyport.notification;

import dev.sallyport.catalog.News;
import dev.sallyport.catalog.Target;
import dev.sallyport.finding.Severity;
import dev.sallyport.identity.Person;
import java.util.List;
import java.util.Optional;

/**
 * One piece of news, before anybody knows by which channels it goes.
 *
 * @param key what makes it one: the same news is not told twice
 * @param people whom it concerns
 * @param fixed whether it goes to channels that are no people's own as well
 * @param everywhere whether every channel takes it, whatever routes say
 * @param asks the stages that it tells people of
 * @param about the channel that it is about, to which it does not go
 */
record Telling(
        News news,
        Severity severity,
        String key,
        Story story,
        List<Person> people,
        boolean fixed,
        boolean everywhere,
        Optional<Target> target,
        Optional<String> request,
        List<String> asks,
        Optional<String> about) {
    Telling {
        people = List.copyOf(people);
        asks = List.copyOf(asks);
    }

    static Telling of(News news, Severity severity, String key, Story story, List<Person> people) {
        return new Telling(
                news,
                severity,
                key,
                story,
                people,
                true,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    Telling on(Optional<Target> known) {
        return new Telling(news, severity, key, story, people, fixed, everywhere, known, request, asks, about);
    }

    Telling in(Optional<String> known) {
        return new Telling(news, severity, key, story, people, fixed, everywhere, target, known, asks, about);
    }

    Telling toEveryChannel() {
        return new Telling(news, severity, key, story, people, fixed, true, target, request, asks, about);
    }

    Telling notTo(Optional<String> channel) {
        return new Telling(news, severity, key, story, people, fixed, everywhere, target, request, asks, channel);
    }

    Telling asking(List<String> stages, boolean alsoFixed) {
        return new Telling(news, severity, key, story, people, alsoFixed, everywhere, target, request, stages, about);
    }
}
