package dev.sallyport.server.portal;

import dev.sallyport.server.HttpRefusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The product's own documentation, as it came with it. */
@RestController
final class HelpPages {
    private static final String FOLDER = "/dev/sallyport/docs/";
    private static final List<org.commonmark.Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());

    private final Parser parser = Parser.builder().extensions(EXTENSIONS).build();
    private final HtmlRenderer renderer = HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .escapeHtml(true)
            .sanitizeUrls(true)
            .build();
    private final List<Map.Entry<String, String>> pages = index();

    private static final Map<String, String> FOLDERS =
            Map.of("how-to", "How to", "reference", "Reference", "runbooks", "When something is wrong");

    /** The runbook of a kind of finding, if there is one. */
    Optional<String> runbook(String finding) {
        return pages.stream()
                .map(Map.Entry::getKey)
                .filter(("runbooks/" + finding + ".md")::equals)
                .findFirst()
                .map(page -> "/help/" + page.replace(".md", ""));
    }

    @GetMapping("/help")
    ResponseEntity<String> index(Visit visit) {
        var facts = new ArrayList<Section.Fact>();
        String last = "";
        for (Map.Entry<String, String> page : pages) {
            String folder = page.getKey().substring(0, page.getKey().indexOf('/'));
            facts.add(new Section.Fact(
                    folder.equals(last) ? "" : FOLDERS.getOrDefault(folder, folder),
                    Cell.link("/help/" + page.getKey().replace(".md", ""), page.getValue())));
            last = folder;
        }
        return visit.show(
                Sheet.of("Help", new Section.Facts("", facts))
                        .lead(
                                "What came with this version of the product. sallyport VERB --help shows an example for every verb."));
    }

    @GetMapping("/help/{folder:how-to|reference|runbooks}/{name:[a-z0-9-]+}")
    ResponseEntity<String> show(Visit visit, @PathVariable String folder, @PathVariable String name) {
        Node document = parser.parse(read(folder + "/" + name + ".md"));
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                link.setDestination(within(folder, link.getDestination()));
                visitChildren(link);
            }
        });
        String title = title(document);
        document.getFirstChild().unlink();
        return visit.show("help", Map.of("title", title, "html", renderer.render(document)));
    }

    /** Links between documents stay within the help; what is not in it leads nowhere. */
    private static String within(String folder, String destination) {
        if (destination.startsWith("https://") || destination.startsWith("#")) {
            return destination;
        }
        String path = destination.startsWith("../") ? destination.substring(3) : folder + "/" + destination;
        if (!path.matches("(how-to|reference|runbooks)/[a-z0-9-]+\\.md(#.*)?")) {
            return "#";
        }
        return "../" + path.replace(".md", "");
    }

    private static String title(Node document) {
        var words = new StringBuilder();
        if (document.getFirstChild() instanceof Heading heading) {
            heading.accept(new AbstractVisitor() {
                @Override
                public void visit(Text text) {
                    words.append(text.getLiteral());
                }

                @Override
                public void visit(Code code) {
                    words.append(code.getLiteral());
                }
            });
        }
        return words.isEmpty() ? "Help" : words.toString();
    }

    private static String read(String name) {
        try (InputStream in = HelpPages.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw HttpRefusal.UNKNOWN_PATH.because("there is no such page of help");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The documents in the order of their names, each with its title. */
    private List<Map.Entry<String, String>> index() {
        return read("index")
                .lines()
                .map(name -> Map.entry(name, title(parser.parse(read(name)))))
                .toList();
    }
}
