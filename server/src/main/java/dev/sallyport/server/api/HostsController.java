package dev.sallyport.server.api;

import dev.sallyport.credential.Hosts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How the enrolled hosts are. */
@RestController
@RequestMapping("/api/v1/targets")
final class HostsController {
    private final Hosts hosts;

    HostsController(Hosts hosts) {
        this.hosts = hosts;
    }

    record HostJson(
            String target, long confirmedVersion, @Nullable Instant confirmedAt, boolean stale, boolean knowsKeys) {
        static HostJson of(Hosts.Health health) {
            return new HostJson(
                    health.target(),
                    health.confirmedVersion(),
                    health.confirmedAt().orElse(null),
                    health.stale(),
                    health.knowsKeys());
        }
    }

    @Needs("target.enroll")
    @Summary("Enrolled hosts by name, and the revocation list that each refuses by")
    @GetMapping("/hosts")
    Page<HostJson> health(
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        List<Hosts.Health> health = hosts.health(q, Orders.backwards(order), Optional.ofNullable(after), size);
        return Page.of(health, size, HostJson::of, Hosts.Health::target);
    }
}
