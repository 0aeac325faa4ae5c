package dev.sallyport.breakglass;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.credential.EmergencyAuthorities;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import java.util.List;
import java.util.Optional;

/**
 * Which kits hosts trust. Whoever could name a key of their own as a kit's would open every host, so it takes two people:
 * one proposes, and another one confirms after comparing the fingerprint.
 */
public final class Kits {
    /** The kind of the finding that a new kit has to be made; its subject is the kit that was opened. */
    public static final String KIT_NEEDED = "breakglass-kit-needed";

    private static final int REASON_MAX = 500;

    private final Database database;
    private final Audit audit;
    private final Findings findings;

    public Kits(Database database, Audit audit, Findings findings) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
    }

    /**
     * Makes a kit known; hosts do not trust it yet. Sent again, it is the same kit.
     *
     * @throws Refusal {@code breakglass.kit-exists} where name, id or key belong to another kit
     */
    public Kit propose(Actor actor, Kit.Proposal proposal) {
        String person = person(actor);
        return database.change(actor, tx -> {
            Optional<Kit> known = KitStore.find(tx, proposal.id());
            if (known.isPresent()
                    && known.get().ca().equals(proposal.ca())
                    && known.get().name().equals(proposal.name())) {
                return known.get();
            }
            if (!EmergencyAuthorities.add(tx, proposal.id(), proposal.ca()) || !KitStore.insert(tx, proposal, person)) {
                throw BreakglassRefusal.KIT_EXISTS.because(
                        "name, id or key of " + proposal.name() + " belong to a kit that is known already",
                        "sallyport breakglass kit list");
            }
            Kit kit = KitStore.find(tx, proposal.id()).orElseThrow();
            audit.record(
                    tx,
                    about(BreakglassEvent.KIT_PROPOSED, kit)
                            .data("threshold", kit.threshold())
                            .data("shares", kit.custodians().size())
                            .personal("custodians", String.join(", ", kit.custodians())));
            return kit;
        });
    }

    /**
     * Hosts learn to trust the kit from now on.
     *
     * @param fingerprint as the confirming person read it from the kit's file or a share
     * @throws Refusal {@code breakglass.second-person} for whoever proposed it
     */
    public Kit confirm(Actor actor, String name, String fingerprint) {
        String person = person(actor);
        try {
            return database.change(actor, tx -> {
                Kit kit = locked(tx, name);
                if (kit.state() != Kit.State.PROPOSED) {
                    throw BreakglassRefusal.NOT_PROPOSED.because(
                            kit.name() + " is " + word(kit) + " (expected: proposed)");
                }
                if (kit.createdBy().equals(person)) {
                    throw BreakglassRefusal.SECOND_PERSON.because(
                            kit.name() + " cannot be confirmed by the person who proposed it",
                            "somebody else who holds breakglass.kit");
                }
                if (!kit.ca().fingerprint().equals(fingerprint)) {
                    throw BreakglassRefusal.OTHER_FINGERPRINT.because(
                            "fingerprint: " + Text.quoted(fingerprint) + " is not that of " + kit.name(),
                            "if it is the one in the kit's file, somebody proposed another key: retire this kit");
                }
                KitStore.confirm(tx, kit.id(), person);
                EmergencyAuthorities.trust(tx, kit.id());
                findings.closeAll(tx, KIT_NEEDED, KitStore.compromised(tx));
                audit.record(tx, about(BreakglassEvent.KIT_CONFIRMED, kit));
                return KitStore.find(tx, kit.id()).orElseThrow();
            });
        } catch (Refusal refusal) {
            database.run(
                    actor,
                    tx -> audit.record(
                            tx,
                            Event.of(BreakglassEvent.KIT_REFUSED)
                                    .outcome(Outcome.REFUSED)
                                    .data("code", refusal.code())
                                    .personal("kit", name)));
            throw refusal;
        }
    }

    /** Hosts refuse everything the kit signs from now on. A kit that was opened becomes compromised by reconciling. */
    public Kit retire(Actor actor, String name, String reason) {
        String why = Text.line("reason", reason, 1, REASON_MAX);
        return database.change(actor, tx -> {
            Kit kit = locked(tx, name);
            if (kit.endedAt().isPresent()) {
                throw BreakglassRefusal.KIT_ENDED.because(kit.name() + " is " + word(kit) + " already");
            }
            KitStore.end(tx, kit.id(), Kit.State.RETIRED);
            EmergencyAuthorities.distrust(tx, kit.id());
            audit.record(tx, about(BreakglassEvent.KIT_RETIRED, kit).personal("reason", why));
            return KitStore.find(tx, kit.id()).orElseThrow();
        });
    }

    /** By id or name, or by the id of one of its openings. */
    public static Kit find(Rx rx, String name) {
        return KitStore.find(rx, name).or(() -> KitStore.opened(rx, name)).orElseThrow(() -> unknown(name));
    }

    public static List<Kit> list(Rx rx, Slice slice) {
        return KitStore.list(rx, slice);
    }

    /** It was opened, so its key has been in the memory of somebody's machine: never again. Says whether that is new. */
    boolean distrust(Tx tx, Kit kit) {
        if (kit.state() == Kit.State.COMPROMISED) {
            return false;
        }
        KitStore.end(tx, kit.id(), Kit.State.COMPROMISED);
        EmergencyAuthorities.distrust(tx, kit.id());
        audit.record(tx, about(BreakglassEvent.KIT_DISTRUSTED, kit).data("was", word(kit)));
        if (kit.state() == Kit.State.TRUSTED) {
            findings.open(
                    tx,
                    KIT_NEEDED,
                    Severity.HIGH,
                    kit.name(),
                    "the break-glass kit " + kit.name() + " was opened and is not trusted any more: make a new one"
                            + " (sallyport breakglass kit create), and destroy the shares of this one");
        }
        return true;
    }

    static Kit locked(Tx tx, String name) {
        return KitStore.lock(tx, name).orElseThrow(() -> unknown(name));
    }

    private static Refusal unknown(String name) {
        return BreakglassRefusal.UNKNOWN_KIT.because(Text.quoted(name) + ": no such kit");
    }

    private static String person(Actor actor) {
        return Optional.ofNullable(actor.person())
                .orElseThrow(() -> BreakglassRefusal.NO_PERSON.because("kits are proposed and confirmed by people"));
    }

    private static Event about(BreakglassEvent event, Kit kit) {
        return Event.of(event)
                .data("kit", kit.id())
                .data("name", kit.name())
                .data("fingerprint", kit.ca().fingerprint());
    }

    private static String word(Kit kit) {
        return kit.state().name().toLowerCase(java.util.Locale.ROOT);
    }
}
