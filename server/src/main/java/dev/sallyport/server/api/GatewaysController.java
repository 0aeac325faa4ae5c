package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Labels;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.server.Caller;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.remote.GatewayAdmission;
import dev.sallyport.server.transport.Listener;
import dev.sallyport.session.Gateway;
import dev.sallyport.session.Gateways;
import dev.sallyport.session.RemoteGateways;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Which gateways there are, and letting those outside of servers in and out. */
@RestController
@RequestMapping("/api/v1/gateways")
final class GatewaysController {
    static final String ENROLL = "gateway.enroll";

    private final Database database;
    private final RemoteGateways remotes;
    private final GatewayAdmission admission;
    private final ServerConfig config;
    private final Listener listener;

    GatewaysController(
            Database database,
            RemoteGateways remotes,
            GatewayAdmission admission,
            ServerConfig config,
            Listener listener) {
        this.database = database;
        this.remotes = remotes;
        this.admission = admission;
        this.config = config;
        this.listener = listener;
    }

    record GatewayJson(
            String name,
            Map<String, String> labels,
            boolean builtIn,
            boolean enrolled,
            @Nullable String address,
            @Nullable Instant seenAt) {
        static GatewayJson of(Rx rx, Gateway gateway) {
            return new GatewayJson(
                    gateway.name(),
                    gateway.labels().values(),
                    gateway.builtIn(),
                    RemoteGateways.isEnrolled(rx, gateway),
                    RemoteGateways.listensAt(rx, gateway).orElse(null),
                    gateway.seenAt().orElse(null));
        }
    }

    record GatewayAsk(
            @Nullable Map<String, String> labels,
            @Nullable Boolean allTargets,
            @Nullable String address,
            @Nullable Integer port) {
        /** Closed by default: that it reaches every target has to be said. */
        Labels reach() {
            Labels named = labels == null ? Labels.NONE : new Labels(labels);
            boolean all = Boolean.TRUE.equals(allTargets);
            if (named.values().isEmpty() != all) {
                throw InputRefusal.INVALID_VALUE.because(
                        "labels: " + named.values() + " with all_targets: " + all
                                + " (expected: at least one label, or all_targets: true, and not both)",
                        "--label K=V for the targets that it may reach, or --all-targets");
            }
            return named;
        }
    }

    record GatewayTokenJson(
            String name,
            String token,
            Instant expiresAt,
            String server,
            @Nullable String caPem) {}

    record GatewayEnrolmentAsk(
            @Nullable String token,
            @Nullable String key,
            @Nullable String hostKey) {}

    record GatewayEnrolledJson(
            String name, String certificate, String authority, String server, String hostCertificate) {}

    @Needs(ENROLL)
    @Summary("Gateways by name, those inside servers too, and when each was last heard")
    @GetMapping
    Page<GatewayJson> list(
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        boolean backwards = Orders.backwards(order);
        return database.read(rx -> Page.of(
                Gateways.list(rx, q, backwards, after, size),
                size,
                gateway -> GatewayJson.of(rx, gateway),
                Gateway::name));
    }

    @Needs(ENROLL)
    @Summary(
            value = "A gateway, by its name or id",
            refuses = {"gateway.unknown"})
    @GetMapping("/{name}")
    GatewayJson show(@PathVariable String name) {
        return database.read(rx -> GatewayJson.of(rx, Gateways.find(rx, name)));
    }

    @Needs(ENROLL)
    @Summary(
            value = "A token that lets a gateway enrol, once and within fifteen minutes",
            refuses = {"gateway.built-in", "gateway.remote-off"})
    @PostMapping("/{name}/enrollment")
    @ResponseStatus(HttpStatus.CREATED)
    GatewayTokenJson prepare(Caller caller, @PathVariable String name, @RequestBody GatewayAsk ask) {
        admission.requireListener();
        RemoteGateways.Token token = remotes.prepare(
                caller.actor(),
                name,
                ask.reach(),
                RequestsController.required("address", ask.address()),
                ask.port() == null ? RemoteGateways.PORT : ask.port());
        return new GatewayTokenJson(
                name,
                token.token().reveal(),
                token.expiresAt(),
                config.url().toString(),
                listener.caPem().orElse(null));
    }

    @Needs(ENROLL)
    @Summary(
            value = "Withdraw a gateway: it is refused from now on, with every certificate it holds",
            refuses = {"gateway.unknown"})
    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Caller caller, @PathVariable String name) {
        remotes.withdraw(caller.actor(), name);
    }

    /** The token is the proof: it was given to who may enrol gateways. */
    @Public
    @Summary(
            value = "A gateway enrols by its token: certificates for the keys it made",
            refuses = {"gateway.token-refused", "gateway.remote-off"})
    @PostMapping("/enrollments")
    @ResponseStatus(HttpStatus.CREATED)
    GatewayEnrolledJson enrol(HttpServletRequest request, @RequestBody GatewayEnrolmentAsk ask) {
        GatewayAdmission.Enrolled enrolled = admission.enrol(
                request.getRemoteAddr(),
                Secret.of(RequestsController.required("token", ask.token())),
                decoded(RequestsController.required("key", ask.key())),
                RequestsController.required("host_key", ask.hostKey()));
        return new GatewayEnrolledJson(
                enrolled.gateway().name(),
                enrolled.certificate(),
                enrolled.authority(),
                enrolled.server(),
                enrolled.hostCertificate());
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw InputRefusal.INVALID_VALUE.because("key: not readable (expected: base 64)");
        }
    }
}
