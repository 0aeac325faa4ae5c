package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A page made of sections.
 *
 * @param crumbs the pages above it
 * @param head what can be done from the head of the page
 * @param live what happens that changes its parts; nothing for a page that does not follow
 * @param address where a page that follows is
 */
public record Sheet(
        String title,
        String lead,
        List<Cell> crumbs,
        List<Cell> head,
        List<Section> sections,
        String live,
        String address) {
    public Sheet {
        title = Text.printable(title);
        lead = Text.printable(lead);
        crumbs = List.copyOf(crumbs);
        head = List.copyOf(head);
        sections = List.copyOf(sections);
    }

    /** A page that is as it was when it was opened. */
    Sheet(String title, String lead, List<Cell> crumbs, List<Cell> head, List<Section> sections) {
        this(title, lead, crumbs, head, sections, "", "");
    }

    static Sheet of(String title, Section... sections) {
        return new Sheet(title, "", List.of(), List.of(), List.of(sections));
    }

    Sheet lead(String sentence) {
        return new Sheet(title, sentence, crumbs, head, sections, live, address);
    }

    Sheet under(String path, String name) {
        var more = new ArrayList<>(crumbs);
        more.add(Cell.link(path, name));
        return new Sheet(title, lead, more, head, sections, live, address);
    }

    Sheet head(Cell... cells) {
        var more = new ArrayList<>(head);
        more.addAll(List.of(cells));
        return new Sheet(title, lead, crumbs, more, sections, live, address);
    }

    Sheet with(Section section) {
        var more = new ArrayList<>(sections);
        more.add(section);
        return new Sheet(title, lead, crumbs, head, more, live, address);
    }

    /**
     * Shows its parts and its head anew when something of these kinds has happened.
     *
     * @param kinds of {@link Live}, with commas between
     */
    Sheet following(Visit visit, String kinds) {
        return new Sheet(
                title, lead, crumbs, head, sections, Live.trigger(kinds), visit.here(Map.of("as", "", "list", "")));
    }

    /** What the head shows, for a page that follows. */
    public String headState() {
        return live.isEmpty() ? "" : Section.Part.state(head);
    }

    /** Its lists, wherever they stand. */
    List<Section.Listing> listings() {
        return sections.stream()
                .flatMap(
                        section -> section instanceof Section.Part part ? part.sections().stream() : Stream.of(section))
                .filter(Section.Listing.class::isInstance)
                .map(Section.Listing.class::cast)
                .toList();
    }
}
