package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Slice;
import dev.sallyport.review.Review;
import dev.sallyport.review.ReviewRefusal;
import dev.sallyport.review.Reviews;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Reviews that emergencies and other grants owe. */
@RestController
@RequestMapping("/api/v1/reviews")
final class ReviewsController {
    private static final String DECIDE = "review.decide";

    private final Reviews reviews;

    ReviewsController(Reviews reviews) {
        this.reviews = reviews;
    }

    record ReviewJson(
            String id,
            String state,
            boolean breakGlass,
            String because,
            @Nullable String incident,
            String identity,
            String role,
            String target,
            String reason,
            String grant,
            String request,
            Instant openedAt,
            Instant dueAt,
            @Nullable Instant closedAt,
            @Nullable String reviewer,
            @Nullable String verdict,
            @Nullable String comment) {
        static ReviewJson of(Review review) {
            return new ReviewJson(
                    review.id(),
                    review.closedAt().isPresent() ? "done" : "open",
                    review.emergency(),
                    review.because(),
                    review.incident().orElse(null),
                    review.person(),
                    review.role(),
                    review.target(),
                    review.reason(),
                    review.grant().value(),
                    review.request().value(),
                    review.openedAt(),
                    review.dueAt(),
                    review.closedAt().orElse(null),
                    review.reviewer().orElse(null),
                    review.verdict().map(RequestJson::word).orElse(null),
                    review.comment().orElse(null));
        }
    }

    record DoneJson(@Nullable String verdict, @Nullable String comment) {}

    @Needs(DECIDE)
    @Summary("Reviews that are owed, or done")
    @GetMapping
    Page<ReviewJson> list(
            @RequestParam(defaultValue = "open") String state,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        boolean open = switch (state) {
            case "open" -> true;
            case "done" -> false;
            default ->
                throw InputRefusal.INVALID_VALUE.because("state: " + Text.quoted(state) + " (expected: open or done)");
        };
        int size = Page.limit(limit);
        var slice = new Slice(Orders.byAgeOrDue(order), Optional.ofNullable(after), size);
        return Page.of(reviews.list(open, slice), size, ReviewJson::of, Review::id);
    }

    @Needs(DECIDE)
    @Summary(value = "One review", refuses = "review.unknown")
    @GetMapping("/{id}")
    ReviewJson show(@PathVariable String id) {
        return ReviewJson.of(reviews.find(id)
                .orElseThrow(() -> ReviewRefusal.UNKNOWN.because(Text.quoted(id) + ": no such review")));
    }

    @Needs(DECIDE)
    @Summary(
            value = "Say what came of a review: justified, or not justified",
            refuses = {"review.unknown", "review.done-already", "review.own"})
    @PostMapping("/{id}/close")
    ReviewJson close(Caller caller, @PathVariable String id, @RequestBody DoneJson body) {
        String word = RequestsController.required("verdict", body.verdict());
        Review.Verdict verdict = switch (word) {
            case "justified" -> Review.Verdict.JUSTIFIED;
            case "not justified", "not-justified" -> Review.Verdict.NOT_JUSTIFIED;
            default ->
                throw InputRefusal.INVALID_VALUE.because(
                        "verdict: " + Text.quoted(word) + " (expected: justified or not-justified)");
        };
        return ReviewJson.of(reviews.close(
                caller.actor(),
                caller.personId(),
                id,
                verdict,
                RequestsController.required("comment", body.comment())));
    }
}
