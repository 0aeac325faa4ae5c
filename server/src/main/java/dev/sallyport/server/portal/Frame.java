package dev.sallyport.server.portal;

import dev.sallyport.server.page.Look;
import java.util.List;

/**
 * What surrounds every page of who is signed in.
 *
 * @param path of this page
 * @param csrf the token that forms of this page carry
 * @param said what the last thing done came to; nothing if the page was just opened
 * @param live where it is told what happens
 */
public record Frame(Look look, String path, String person, String csrf, List<Group> nav, String said, String live) {
    public Frame {
        nav = List.copyOf(nav);
    }

    /** @param name nothing for the first */
    public record Group(String name, List<Entry> entries) {
        public Group {
            entries = List.copyOf(entries);
        }
    }

    /** @param count of what waits there; nothing for none */
    public record Entry(String path, String name, String count) {
        /** Whether something may wait there. */
        public boolean waits() {
            return path.equals("/decide");
        }
    }

    /** Whether the entry is of this page, or of one that this page is under. */
    public boolean isHere(Entry entry) {
        return entry.path().equals("/")
                ? path.equals("/")
                : path.equals(entry.path()) || path.startsWith(entry.path() + "/");
    }

    /** What happens when there may be more, or less, to decide. */
    public String whenDecided() {
        return Live.trigger(Live.REQUEST);
    }

    public String to(String address) {
        return look.to(address);
    }
}
