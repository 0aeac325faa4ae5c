package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.breakglass.HostLog;
import dev.sallyport.breakglass.Kit;
import dev.sallyport.breakglass.Kits;
import dev.sallyport.breakglass.Reconciling;
import dev.sallyport.breakglass.SeenLogin;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.breakglass.UseRecord;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Break-glass kits: which hosts trust, and what they were opened for. Shares never come here. */
@RestController
@RequestMapping("/api/v1/breakglass")
final class BreakglassController {
    private final Database database;
    private final Kits kits;
    private final Reconciling reconciling;

    BreakglassController(Database database, Kits kits, Reconciling reconciling) {
        this.database = database;
        this.kits = kits;
        this.reconciling = reconciling;
    }

    record KitAsk(
            @Nullable String id,
            @Nullable String name,
            @Nullable String publicKey,
            @Nullable Integer threshold,
            @Nullable List<String> custodians) {}

    record KitConfirmAsk(@Nullable String fingerprint) {}

    record KitRetireAsk(@Nullable String reason) {}

    record KitJson(
            String id,
            String name,
            String state,
            String publicKey,
            String fingerprint,
            int threshold,
            List<String> custodians,
            Instant createdAt,
            String createdBy,
            @Nullable String confirmedBy,
            @Nullable Instant endedAt) {
        static KitJson of(Kit kit) {
            return new KitJson(
                    kit.id(),
                    kit.name(),
                    RequestJson.word(kit.state()),
                    kit.ca().line(),
                    kit.ca().fingerprint(),
                    kit.threshold(),
                    kit.custodians(),
                    kit.createdAt(),
                    kit.createdBy(),
                    kit.confirmedBy().orElse(null),
                    kit.endedAt().orElse(null));
        }
    }

    record SeenLoginJson(
            @Nullable Instant at,
            @Nullable String target,
            @Nullable String login,
            @Nullable String address,
            @Nullable String serial,
            @Nullable String keyId,
            @Nullable String publicKey,
            @Nullable String authority) {
        SeenLogin seen() {
            if (at == null) {
                throw InputRefusal.INVALID_VALUE.because("at: missing (expected: when the host logged it)");
            }
            return new SeenLogin(
                    at,
                    RequestsController.required("target", target),
                    RequestsController.required("login", login),
                    RequestsController.required("address", address),
                    RequestsController.required("serial", serial),
                    keyId == null ? "" : keyId,
                    RequestsController.required("public_key", publicKey),
                    RequestsController.required("authority", authority));
        }
    }

    /** A host's log as it is; of times without a zone, the zone's is meant. */
    record HostLogJson(
            @Nullable String target,
            @Nullable String text,
            @Nullable String zone) {
        HostLog log() {
            return new HostLog(
                    Optional.ofNullable(target),
                    RequestsController.required("text", text),
                    HostLog.zone(zone == null ? "UTC" : zone));
        }
    }

    record ReconcileAsk(
            @Nullable List<String> records,
            @Nullable List<SeenLoginJson> logins,
            @Nullable List<HostLogJson> logs) {}

    record UseJson(
            String id,
            String kit,
            List<String> targets,
            String login,
            Instant openedAt,
            Instant validUntil,
            List<String> custodians,
            String operator,
            String reason,
            long logins) {
        static UseJson of(Reconciling.Use use) {
            UseRecord record = use.record();
            return new UseJson(
                    record.id(),
                    record.kit(),
                    record.targets(),
                    record.login(),
                    record.opened(),
                    record.validBefore(),
                    record.custodians(),
                    record.operator(),
                    record.reason(),
                    use.logins());
        }
    }

    record UnexplainedJson(
            String kit, Instant at, String target, String login, String address, String serial, String keyId) {
        static UnexplainedJson of(Reconciling.Unexplained unexplained) {
            SeenLogin seen = unexplained.login();
            return new UnexplainedJson(
                    unexplained.kit(),
                    seen.at(),
                    seen.target(),
                    seen.login(),
                    seen.address(),
                    seen.serial(),
                    seen.keyId());
        }
    }

    record ReconciledJson(
            List<String> distrusted,
            List<UseJson> uses,
            List<UnexplainedJson> unexplained,
            List<String> targetsToRotate,
            int unrelated) {}

    /** Of each list the newest; the counts are of all. */
    record KnownJson(
            List<UseJson> uses,
            long useCount,
            List<UnexplainedJson> unexplained,
            long unexplainedCount,
            List<String> targetsToRotate) {}

    record RotatedAsk(@Nullable String target, @Nullable String comment) {}

    @Needs("breakglass.read")
    @Summary("Break-glass kits, newest first")
    @GetMapping("/kits")
    Page<KitJson> list(
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Slice(Orders.byAge(order), Optional.ofNullable(after), size);
        List<Kit> found = database.read(rx -> Kits.list(rx, slice));
        return Page.of(found, size, KitJson::of, Kit::id);
    }

    @Needs("breakglass.read")
    @Summary(
            value = "A break-glass kit, by id or name, or by the id of one of its openings",
            refuses = {"breakglass.unknown-kit"})
    @GetMapping("/kits/{name}")
    KitJson show(@PathVariable String name) {
        return KitJson.of(database.read(rx -> Kits.find(rx, name)));
    }

    @Needs("breakglass.read")
    @Summary(
            value = "What was handed in about a kit: its openings, logins that no record explains, targets to rotate",
            refuses = {"breakglass.unknown-kit"})
    @GetMapping("/kits/{name}/uses")
    KnownJson uses(@PathVariable String name) {
        Reconciling.Known known = database.read(rx -> Reconciling.known(rx, Kits.find(rx, name)));
        return new KnownJson(
                known.uses().stream().map(UseJson::of).toList(),
                known.useCount(),
                known.unexplained().stream().map(UnexplainedJson::of).toList(),
                known.unexplainedCount(),
                known.targets());
    }

    @Needs("breakglass.kit")
    @Summary(
            value = "Propose a break-glass kit: its public part; hosts trust it once another person has confirmed it",
            refuses = {"breakglass.kit-exists", "breakglass.invalid-threshold", "breakglass.invalid-custodians"})
    @PostMapping("/kits")
    @ResponseStatus(HttpStatus.CREATED)
    KitJson propose(Caller caller, @RequestBody KitAsk ask) {
        if (ask.threshold() == null || ask.custodians() == null) {
            throw InputRefusal.INVALID_VALUE.because("threshold or custodians: missing (expected: both)");
        }
        var proposal = new Kit.Proposal(
                RequestsController.required("id", ask.id()),
                RequestsController.required("name", ask.name()),
                SshPublicKey.parse(RequestsController.required("public_key", ask.publicKey())),
                ask.threshold(),
                ask.custodians());
        return KitJson.of(kits.propose(caller.actor(), proposal));
    }

    @Needs("breakglass.kit")
    @Summary(
            value =
                    "Confirm a proposed kit, as another person than the one who proposed it; hosts trust it from now on",
            refuses = {
                "breakglass.unknown-kit",
                "breakglass.not-proposed",
                "breakglass.second-person",
                "breakglass.other-fingerprint"
            })
    @PostMapping("/kits/{name}/confirm")
    KitJson confirm(Caller caller, @PathVariable String name, @RequestBody KitConfirmAsk ask) {
        return KitJson.of(
                kits.confirm(caller.actor(), name, RequestsController.required("fingerprint", ask.fingerprint())));
    }

    @Needs("breakglass.kit")
    @Summary(
            value = "Retire a kit: hosts refuse what it signs from now on",
            refuses = {"breakglass.unknown-kit", "breakglass.kit-ended"})
    @PostMapping("/kits/{name}/retire")
    KitJson retire(Caller caller, @PathVariable String name, @RequestBody KitRetireAsk ask) {
        return KitJson.of(kits.retire(caller.actor(), name, RequestsController.required("reason", ask.reason())));
    }

    @Needs("breakglass.reconcile")
    @Summary(
            value = "Hand in records of opened kits and logins that hosts saw; the kits concerned are distrusted",
            refuses = {
                "breakglass.unknown-kit",
                "breakglass.malformed-record",
                "breakglass.newer-version",
                "breakglass.bad-record",
                "breakglass.other-record",
                "breakglass.unreadable-time"
            })
    @PostMapping("/reconciliations")
    ReconciledJson reconcile(Caller caller, @RequestBody ReconcileAsk ask) {
        List<SeenLogin> logins = ask.logins() == null
                ? List.of()
                : ask.logins().stream().map(SeenLoginJson::seen).toList();
        List<HostLog> logs = ask.logs() == null
                ? List.of()
                : ask.logs().stream().map(HostLogJson::log).toList();
        Reconciling.Result result =
                reconciling.reconcile(caller.actor(), ask.records() == null ? List.of() : ask.records(), logins, logs);
        return new ReconciledJson(
                result.distrusted(),
                result.uses().stream().map(UseJson::of).toList(),
                result.unexplained().stream().map(UnexplainedJson::of).toList(),
                result.targets(),
                result.unrelated());
    }

    @Needs("breakglass.reconcile")
    @Summary(
            value = "Say that what a break-glass use touched on a target has been changed; closes its finding",
            refuses = {"breakglass.nothing-to-rotate"})
    @PostMapping("/rotations")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void rotated(Caller caller, @RequestBody RotatedAsk ask) {
        reconciling.rotated(
                caller.actor(),
                RequestsController.required("target", ask.target()),
                RequestsController.required("comment", ask.comment()));
    }
}
