package dev.sallyport.server.api;

import dev.sallyport.review.ApproverFigures;
import dev.sallyport.review.ApproverWatch;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How people approve. */
@RestController
@RequestMapping("/api/v1/approvers")
final class ApproversController {
    private final ApproverWatch watch;

    ApproversController(ApproverWatch watch) {
        this.watch = watch;
    }

    record ApproverJson(
            String approver,
            int approved,
            int denied,
            int busiestDay,
            String median,
            int quick,
            int offHours,
            List<String> pairs,
            List<String> signs) {
        static ApproverJson of(ApproverFigures figures) {
            return new ApproverJson(
                    figures.approver(),
                    figures.approved(),
                    figures.denied(),
                    figures.busiestDay(),
                    figures.median().toString(),
                    figures.quick(),
                    figures.offHours(),
                    figures.pairs(),
                    figures.signs().stream().map(ApproverFigures.Sign::message).toList());
        }
    }

    @Needs("finding.read")
    @Summary("How everybody approved lately who did, by name, and what about it somebody should look at")
    @GetMapping
    Page<ApproverJson> list() {
        return new Page<>(watch.figures().stream().map(ApproverJson::of).toList(), null);
    }
}
