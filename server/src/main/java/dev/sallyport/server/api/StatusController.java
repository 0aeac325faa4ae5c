package dev.sallyport.server.api;

import dev.sallyport.server.metrics.Figure;
import dev.sallyport.server.metrics.Measures;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How it goes, in the measures that a scraper reads. */
@RestController
@RequestMapping("/api/v1/status")
final class StatusController {
    private static final String READ = "metrics.read";

    private final Measures measures;

    StatusController(Measures measures) {
        this.measures = measures;
    }

    /** How many took no longer than this time. */
    record WithinJson(String time, long count) {
        static WithinJson of(Figure.Within within) {
            return new WithinJson(within.time().toString(), within.count());
        }
    }

    /**
     * @param scope whether it is counted for all nodes, or is this node's own since it started
     * @param value of a measure of times, how many there were
     * @param mean how long they took
     */
    record FigureJson(
            String name,
            Map<String, String> labels,
            String unit,
            String scope,
            double value,
            @Nullable String mean,
            @Nullable List<WithinJson> within) {
        static FigureJson of(Figure figure) {
            return new FigureJson(
                    figure.name(),
                    figure.labels(),
                    RequestJson.word(figure.unit()),
                    figure.everywhere() ? "all nodes" : "this node",
                    Double.isFinite(figure.value()) ? figure.value() : 0,
                    figure.took().map(took -> took.mean().toString()).orElse(null),
                    figure.took()
                            .map(took ->
                                    took.within().stream().map(WithinJson::of).toList())
                            .orElse(null));
        }
    }

    record FiguresJson(List<FigureJson> items) {}

    @Needs(READ)
    @Summary("How quick it is, what waits, and how old what this node heard is; named as in /metrics")
    @GetMapping("/figures")
    FiguresJson figures() {
        return new FiguresJson(measures.figures().stream().map(FigureJson::of).toList());
    }
}
