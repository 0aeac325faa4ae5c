package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.ApiProblems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Documents of the catalogue to write and to change; what saving would do is shown while one types. */
@RestController
final class DocumentPages {
    private static final String KIND = CatalogPages.KIND;

    private final JsonMapper json;

    DocumentPages(JsonMapper json) {
        this.json = json;
    }

    @GetMapping(KIND + "/+new")
    ResponseEntity<String> fresh(Visit visit, @PathVariable String kind) {
        String start = "apiVersion: sallyport/v1\nkind: "
                + CatalogPages.words(kind).document() + "\nmetadata:\n  name: \nspec:\n";
        return editor(visit, 200, kind, "", "", start, "", "");
    }

    @GetMapping(KIND + "/{name}/edit")
    ResponseEntity<String> edit(Visit visit, @PathVariable String kind, @PathVariable String name) {
        Doc item = visit.call(ApiCall.get("/" + kind + "/{}", name));
        return editor(visit, 200, kind, name, item.etag().orElse(""), CatalogPages.yaml(json, item), "", "");
    }

    private static ResponseEntity<String> editor(
            Visit visit, int status, String kind, String name, String etag, String text, String alert, String hint) {
        var values = new LinkedHashMap<String, Object>();
        values.put("kind", kind);
        values.put("name", name);
        values.put("etag", etag);
        values.put("text", text);
        values.put("alert", Text.printable(alert));
        values.put("hint", Text.printable(hint));
        values.put("title", name.isEmpty() ? "New " + CatalogPages.words(kind).document() : "Change " + name);
        values.put("crumbs", CatalogPages.crumbs(kind));
        return visit.show(status, "edit", values);
    }

    /** What saving would do, for who is typing. */
    @PostMapping(KIND + "/check")
    ResponseEntity<String> check(Visit visit, @PathVariable String kind) {
        String text = visit.parameter("text");
        try {
            Doc diff = visit.call(ApiCall.post(
                    "/catalog/diff",
                    Map.of(
                            "files",
                            List.of(Map.of("name", CatalogPages.words(kind).document() + ".yaml", "text", text)))));
            return visit.show("check", Map.of("diff", diff, "problem", "", "hint", "", "errors", List.of()));
        } catch (Refusal refusal) {
            return visit.show(
                    "check",
                    Map.of(
                            "diff",
                            new Doc(json.nullNode()),
                            "problem",
                            Text.printable(refusal.sentence()),
                            "hint",
                            Text.printable(Objects.requireNonNullElse(refusal.hint(), "")),
                            "errors",
                            errors(refusal)));
        }
    }

    /** Each error with its place. */
    private static List<String> errors(Refusal refusal) {
        return refusal.details().get("errors") instanceof List<?> errors
                ? errors.stream()
                        .map(error -> Text.printable(String.valueOf(error)))
                        .toList()
                : List.of();
    }

    @PostMapping(KIND + "/save")
    ResponseEntity<String> save(Visit visit, @PathVariable String kind) {
        String name = visit.parameter("name");
        String etag = visit.parameter("etag");
        String text = visit.parameter("text");
        try {
            Doc saved = visit.act(
                    name.isEmpty()
                            ? ApiCall.yaml("POST", "/" + kind, text)
                            : ApiCall.yaml("PUT", "/" + kind + "/{}", text, name)
                                    .header("If-Match", etag));
            return visit.done("/" + kind + "/" + Links.segment(saved.text("metadata.name")), Said.CHANGED);
        } catch (Refusal refusal) {
            return editor(
                    visit,
                    ApiProblems.status(refusal),
                    kind,
                    name,
                    etag,
                    text,
                    refusal.sentence(),
                    Objects.requireNonNullElse(refusal.hint(), ""));
        }
    }

    @PostMapping(KIND + "/{name}/delete")
    ResponseEntity<String> delete(Visit visit, @PathVariable String kind, @PathVariable String name) {
        return visit.does(
                ApiCall.bare("DELETE", "/" + kind + "/{}", name).header("If-Match", visit.parameter("etag")),
                "/" + kind,
                Said.DELETED);
    }
}
