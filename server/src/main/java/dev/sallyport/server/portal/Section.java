package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.util.List;

/** A part of a page. */
public sealed interface Section {
    /** Labels and what stands beside them. */
    record Facts(String title, List<Fact> facts) implements Section {
        public Facts {
            facts = List.copyOf(facts);
        }
    }

    record Fact(String label, Cell value) {}

    /**
     * A list with its filters.
     *
     * @param id by which it is found in the page when it is shown anew
     * @param filters above the list; they are sent as the query of the page
     * @param live what happens that changes the list: kinds of {@link Live}, with spaces between
     * @param address where the list is; nothing for the answer to a form, which is no file to fetch again
     * @param cli the same on the command line; nothing if there is no such thing
     * @param curl the same call of the API
     * @param order what the filters keep of how the list is sorted; nothing for the usual order
     */
    record Listing(
            String id,
            String title,
            Table table,
            List<Field> filters,
            String live,
            String address,
            String cli,
            String curl,
            String order)
            implements Section {
        public Listing {
            filters = List.copyOf(filters);
        }

        /** A list that is shown whole, in the order that it has. */
        Listing(
                String id,
                String title,
                Table table,
                List<Field> filters,
                String live,
                String address,
                String cli,
                String curl) {
            this(id, title, table, filters, live, address, cli, curl, "");
        }
    }

    /** Things that can be done, each in a card of its own, or as buttons when they ask nothing. */
    record Doing(String title, List<Form> forms) implements Section {
        public Doing {
            forms = List.copyOf(forms);
        }

        public List<Form> buttons() {
            return forms.stream()
                    .filter(form -> form.fields().stream().allMatch(Doing::isHidden))
                    .toList();
        }

        public List<Form> cards() {
            return forms.stream()
                    .filter(form -> !form.fields().stream().allMatch(Doing::isHidden))
                    .toList();
        }

        private static boolean isHidden(Field field) {
            return field.kind() == Field.Kind.HIDDEN;
        }
    }

    /** A form that changes nothing: what it asks stands in the address. */
    record Asking(String path, List<Field> fields, String button) implements Section {
        public Asking {
            fields = List.copyOf(fields);
        }
    }

    /** A sentence that matters. */
    record Note(Cell.Tone tone, List<String> sentences) implements Section {
        public Note {
            sentences = sentences.stream().map(Text::printable).toList();
        }
    }

    /** Why what was just asked for was not done, and what would help; nothing where there is nothing to say. */
    record Alert(List<String> sentences) implements Section {
        public Alert {
            sentences = sentences.stream().map(Text::printable).toList();
        }
    }

    /** Text as it is: a document, an answer in JSON. */
    record Verbatim(String title, String text) implements Section {}

    /** What happened, in order. */
    record Story(String title, List<Chapter> chapters) implements Section {
        public Story {
            chapters = List.copyOf(chapters);
        }
    }

    record Chapter(java.time.Instant at, Cell.Tone tone, Cell what, Cell detail) {}

    /**
     * Numbers to see at a glance.
     *
     * @param id by which they are found in the page when they are shown anew; nothing for those that are not
     * @param live what makes them be shown anew
     * @param address where they are
     */
    record Figures(String title, List<Figure> figures, String id, String live, String address) implements Section {
        public Figures {
            figures = List.copyOf(figures);
        }

        Figures(String title, List<Figure> figures) {
            this(title, figures, "", "", "");
        }
    }

    record Figure(String value, String name, Cell detail) {}

    /** How figures went from day to day. */
    record Charts(String title, List<Chart> charts) implements Section {
        public Charts {
            charts = List.copyOf(charts);
        }
    }
}
