package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What somebody should look at. */
@RestController
@RequestMapping("/api/v1/findings")
final class FindingsController {
    private final Database database;

    FindingsController(Database database) {
        this.database = database;
    }

    record FindingJson(
            String id,
            String kind,
            String severity,
            String subject,
            String message,
            Instant openedAt,
            @Nullable Instant closedAt) {
        static FindingJson of(Finding finding) {
            return new FindingJson(
                    finding.id(),
                    finding.kind(),
                    RequestJson.word(finding.severity()),
                    finding.subject(),
                    finding.message(),
                    finding.openedAt(),
                    finding.closedAt().orElse(null));
        }
    }

    @Needs("finding.read")
    @Summary("What somebody should look at: of a kind, and of a severity or more")
    @GetMapping
    Page<FindingJson> list(
            @RequestParam(defaultValue = "open") String state,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        boolean open = switch (state) {
            case "open" -> true;
            case "closed" -> false;
            default ->
                throw InputRefusal.INVALID_VALUE.because(
                        "state: " + Text.quoted(state) + " (expected: open or closed)");
        };
        int size = Page.limit(limit);
        var slice = new Slice(Orders.byAge(order), Optional.ofNullable(after), size);
        var filter = new Findings.Filter(
                open, Optional.ofNullable(kind), Optional.ofNullable(severity).map(FindingsController::severity));
        List<Finding> findings = database.read(rx -> Findings.list(rx, filter, slice));
        return Page.of(findings, size, FindingJson::of, Finding::id);
    }

    private static Severity severity(String word) {
        return Arrays.stream(Severity.values())
                .filter(severity -> RequestJson.word(severity).equals(word))
                .findFirst()
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because(
                        "severity: " + Text.quoted(word) + " (expected: low, medium, high or critical)"));
    }

    @Needs("finding.read")
    @Summary(value = "One finding", refuses = "finding.unknown")
    @GetMapping("/{id}")
    FindingJson show(@PathVariable String id) {
        return FindingJson.of(database.read(rx -> Findings.find(rx, id)));
    }
}
