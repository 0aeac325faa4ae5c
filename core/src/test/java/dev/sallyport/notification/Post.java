package dev.sallyport.notification;

import dev.sallyport.base.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullMarked;

/** A carrier that keeps what it is given, and fails on channels that are down. */
@NullMarked
final class Post implements Carrier {
    final List<Letter> letters = new ArrayList<>();
    final Set<String> down = ConcurrentHashMap.newKeySet();
    final Set<String> gone = ConcurrentHashMap.newKeySet();

    @Override
    public synchronized void carry(Channel channel, Optional<Secret> secret, Letter letter) throws Undelivered {
        if (gone.contains(channel.name())) {
            throw Undelivered.forGood(channel.name() + " answered with 404");
        }
        if (down.contains(channel.name())) {
            throw Undelivered.now("the connection to " + channel.name() + " failed");
        }
        letters.add(letter);
    }

    /** {@code request-to-decide to lead@example.org}, in the order of delivery. */
    synchronized List<String> told() {
        return letters.stream()
                .map(letter ->
                        letter.news() + letter.address().map(to -> " to " + to).orElse(""))
                .toList();
    }

    synchronized List<String> told(String about) {
        return told().stream().filter(line -> line.startsWith(about)).toList();
    }

    synchronized Letter last() {
        return letters.getLast();
    }
}
