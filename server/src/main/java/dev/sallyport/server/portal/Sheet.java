package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * A page made of sections.
 *
 * @param crumbs the pages above it
 * @param head what can be done from the head of the page
 */
public record Sheet(String title, String lead, List<Cell> crumbs, List<Cell> head, List<Section> sections) {
    public Sheet {
        title = Text.printable(title);
        lead = Text.printable(lead);
        crumbs = List.copyOf(crumbs);
        head = List.copyOf(head);
        sections = List.copyOf(sections);
    }

    static Sheet of(String title, Section... sections) {
        return new Sheet(title, "", List.of(), List.of(), List.of(sections));
    }

    Sheet lead(String sentence) {
        return new Sheet(title, sentence, crumbs, head, sections);
    }

    Sheet under(String path, String name) {
        var more = new ArrayList<>(crumbs);
        more.add(Cell.link(path, name));
        return new Sheet(title, lead, more, head, sections);
    }

    Sheet head(Cell... cells) {
        var more = new ArrayList<>(head);
        more.addAll(List.of(cells));
        return new Sheet(title, lead, crumbs, more, sections);
    }

    Sheet with(Section section) {
        var more = new ArrayList<>(sections);
        more.add(section);
        return new Sheet(title, lead, crumbs, head, more);
    }
}
