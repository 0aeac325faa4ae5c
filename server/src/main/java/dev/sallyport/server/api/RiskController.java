package dev.sallyport.server.api;

import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.Kind;
import dev.sallyport.database.Database;
import dev.sallyport.identity.People;
import dev.sallyport.risk.Risk;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How unusual it was what somebody asked. */
@RestController
@RequestMapping("/api/v1")
final class RiskController {
    private final Database database;

    RiskController(Database database) {
        this.database = database;
    }

    record ScoredItemJson(
            String request, String item, String role, String target, Instant createdAt, RequestJson.RiskJson risk) {
        static ScoredItemJson of(Risk.Scored scored) {
            return new ScoredItemJson(
                    scored.request().value(),
                    scored.item().value(),
                    scored.role(),
                    scored.target(),
                    scored.at(),
                    RequestJson.RiskJson.of(scored.score()));
        }
    }

    @Needs("request.read-all")
    @Summary(
            value = "What a person asked for lately, with the risk it was given and why",
            refuses = {"person.unknown"})
    @GetMapping("/people/{name}/risk")
    Page<ScoredItemJson> risk(@PathVariable String name, @RequestParam(required = false) @Nullable Integer limit) {
        List<Risk.Scored> scored = database.read(rx -> Risk.lately(
                rx,
                People.require(rx, CatalogObjects.name(rx, Kind.PERSON, name)).id(),
                Page.limit(limit)));
        return new Page<>(scored.stream().map(ScoredItemJson::of).toList(), null);
    }
}
