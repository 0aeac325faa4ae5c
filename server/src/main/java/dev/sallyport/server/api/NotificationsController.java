package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Slice;
import dev.sallyport.notification.Fact;
import dev.sallyport.notification.Notification;
import dev.sallyport.notification.Notifications;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What was told, what waits to be, and what was given up; trying channels, and their secrets. */
@RestController
@RequestMapping("/api/v1")
final class NotificationsController {
    private static final String READ = "notification.read";
    private static final String WRITE = "notification.write";

    private final Notifications notifications;

    NotificationsController(Notifications notifications) {
        this.notifications = notifications;
    }

    record FactJson(String label, String value) {
        static FactJson of(Fact fact) {
            return new FactJson(fact.label(), fact.value());
        }
    }

    record NotificationJson(
            String id,
            String state,
            String news,
            String severity,
            String channel,
            @Nullable String person,
            @Nullable String address,
            @Nullable String request,
            String title,
            List<FactJson> facts,
            int attempts,
            Instant happenedAt,
            Instant createdAt,
            @Nullable Instant nextAttemptAt,
            @Nullable Instant settledAt,
            @Nullable String lastError) {
        static NotificationJson of(Notification notification) {
            return new NotificationJson(
                    notification.id(),
                    RequestJson.word(notification.state()),
                    notification.news().word(),
                    RequestJson.word(notification.severity()),
                    notification.channel(),
                    notification.person().orElse(null),
                    notification.address().orElse(null),
                    notification.request().orElse(null),
                    notification.story().title(),
                    notification.story().facts().stream().map(FactJson::of).toList(),
                    notification.attempts(),
                    notification.happenedAt(),
                    notification.createdAt(),
                    notification.nextAttemptAt().orElse(null),
                    notification.settledAt().orElse(null),
                    notification.lastError().orElse(null));
        }
    }

    record SecretJson(@Nullable String secret) {
        @Override
        public String toString() {
            return "[secret]";
        }
    }

    @Needs(READ)
    @Summary("What was told, waits to be told or was given up, by age")
    @GetMapping("/notifications")
    Page<NotificationJson> list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String channel,
            @RequestParam(required = false) @Nullable String request,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        return Page.of(
                notifications.list(
                        Optional.ofNullable(state).map(NotificationsController::state),
                        Optional.ofNullable(channel),
                        Optional.ofNullable(request),
                        new Slice(Orders.byAge(order), Optional.ofNullable(after), size)),
                size,
                NotificationJson::of,
                Notification::id);
    }

    @Needs(READ)
    @Summary(value = "One notification", refuses = "notification.unknown")
    @GetMapping("/notifications/{id}")
    NotificationJson show(@PathVariable String id) {
        return NotificationJson.of(notifications.find(id));
    }

    @Needs(WRITE)
    @Summary(
            value = "Try again what was given up",
            refuses = {"notification.unknown", "notification.not-dead"})
    @PostMapping("/notifications/{id}/retry")
    NotificationJson retry(Caller caller, @PathVariable String id) {
        return NotificationJson.of(notifications.retry(caller.actor(), id));
    }

    @Needs(WRITE)
    @Summary(
            value = "Send something by this channel now, to the caller where it goes to people",
            refuses = {"notification.no-channel", "notification.invalid", "notification.not-delivered"})
    @PostMapping("/notification-channels/{name}/test")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void test(Caller caller, @PathVariable String name) {
        notifications.test(caller.actor(), caller.personId(), name);
    }

    @Needs(WRITE)
    @Summary(
            value = "Set the secret of a channel: a password, the address of a chat's webhook, or a signing key",
            refuses = {"notification.no-channel", "notification.invalid"})
    @PutMapping("/notification-channels/{name}/secret")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void secret(Caller caller, @PathVariable String name, @RequestBody SecretJson body) {
        notifications.setSecret(caller.actor(), name, Secret.of(RequestsController.required("secret", body.secret())));
    }

    private static Notification.State state(String word) {
        return switch (word) {
            case "waiting" -> Notification.State.WAITING;
            case "sent" -> Notification.State.SENT;
            case "dead" -> Notification.State.DEAD;
            default ->
                throw InputRefusal.INVALID_VALUE.because(
                        "state: " + Text.quoted(word) + " (expected: waiting, sent or dead)");
        };
    }
}
