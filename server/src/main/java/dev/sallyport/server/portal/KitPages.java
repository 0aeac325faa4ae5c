package dev.sallyport.server.portal;

import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Emergency kits: letting hosts trust one that somebody else proposed, and ending that. Kits are made at a laptop. */
@RestController
final class KitPages {
    private static final String KITS = "/settings/kits";

    @GetMapping(KITS + "/{name}")
    ResponseEntity<String> kit(Visit visit, @PathVariable String name) {
        Doc kit = visit.call(ApiCall.get("/breakglass/kits/{}", name));
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", Cell.state(kit.text("state"))));
        facts.add(new Fact(
                "Opened by",
                Cell.words(kit.number("threshold") + " of "
                        + kit.texts("custodians").size() + ": " + String.join(", ", kit.texts("custodians")))));
        facts.add(new Fact("Proposed by", Links.person(kit.text("created_by"))));
        facts.add(new Fact("Made", Cell.at(kit.time("created_at"))));
        if (kit.has("confirmed_by")) {
            facts.add(new Fact("Confirmed by", Links.person(kit.text("confirmed_by"))));
        }
        if (kit.has("ended_at")) {
            facts.add(new Fact("Ended", Cell.at(kit.time("ended_at"))));
        }
        facts.add(new Fact("Id", Cell.code(kit.text("id"))));
        var sections = new ArrayList<Section>();
        sections.add(new Section.Facts("", facts));
        sections.add(new Section.Doing("", doings(visit, kit)));
        return visit.show(new Sheet(
                kit.text("name"),
                "Emergency kit: it opens hosts when the product is down.",
                List.of(Cell.link("/settings", "Settings")),
                List.of(Cell.link("/help/how-to/break-glass-offline", "How kits work")),
                sections));
    }

    private static List<Form> doings(Visit visit, Doc kit) {
        var forms = new ArrayList<Form>();
        String path = KITS + "/" + Links.segment(kit.text("name"));
        if (!visit.may(ApiCall.post("/breakglass/kits/x/retire", Map.of())) || kit.has("ended_at")) {
            return forms;
        }
        if (kit.text("state").equals("proposed")) {
            forms.add(Form.of(
                            path + "/confirm",
                            "Let hosts trust it",
                            Field.line("fingerprint", "Fingerprint")
                                    .hinted("from a custodian's printed page or the kit's file, not from this server"))
                    .danger("Hosts will let in whoever opens this kit. Was the fingerprint read from paper?"));
        }
        forms.add(Form.of(path + "/retire", "Retire it", Field.line("reason", "Why"))
                .danger("Hosts refuse what this kit signs from now on. There is no way back."));
        return forms;
    }

    @PostMapping(KITS + "/{name}/confirm")
    ResponseEntity<String> confirm(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.post(
                        "/breakglass/kits/{}/confirm", Map.of("fingerprint", visit.parameter("fingerprint")), name),
                KITS + "/" + Links.segment(name),
                Said.CHANGED);
    }

    @PostMapping(KITS + "/{name}/retire")
    ResponseEntity<String> retire(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.post("/breakglass/kits/{}/retire", Map.of("reason", visit.parameter("reason")), name),
                KITS + "/" + Links.segment(name),
                Said.CHANGED);
    }
}
