package dev.sallyport.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.database.Spec;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.identity.ClaimExpression;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What must hold inside one document beyond its shape. */
final class Rules {
    private final Document document;
    private final Spec spec;
    private final Errors errors;

    private Rules(Document document, Errors errors) {
        this.document = document;
        this.spec = new Spec(document.spec());
        this.errors = errors;
    }

    static void check(Document document, Errors errors) {
        var rules = new Rules(document, errors);
        switch (document.kind()) {
            case TARGET -> rules.target();
            case ROLE -> rules.role();
            case ELIGIBILITY -> rules.eligibility();
            case OIDC_PROVIDER -> rules.provider();
            case INCIDENT_SOURCE -> rules.incidentSource();
            case NOTIFICATION_CHANNEL -> rules.channel();
            case PERSON, GROUP, NOTIFICATION_ROUTE, DECISION_SERVICE -> {
                // their shape says it all
            }
            case CONSTANTS, CALENDAR, FREEZE, POLICY -> {
                // held against all the others: see PolicyDraft
            }
        }
    }

    private void target() {
        if (document.name().equals(Target.SALLYPORT)) {
            wrong("metadata.name", "metadata.name: \"sallyport\" is the product itself (expected: another name)");
        }
        spec.at("ssh").pairs("injected").forEach((login, secret) -> {
            if (Words.LOGIN.reader().apply(login).isEmpty()) {
                wrong(
                        "spec.ssh.injected." + login,
                        "spec.ssh.injected: " + Text.quoted(login) + " (expected: " + Words.LOGIN.expected() + ")");
            }
            if (Words.SECRET_FILE.reader().apply(secret).isEmpty()) {
                wrong(
                        "spec.ssh.injected." + login,
                        "spec.ssh.injected." + login + ": " + Text.quoted(secret) + " (expected: "
                                + Words.SECRET_FILE.expected() + ")");
            }
        });
    }

    private void provider() {
        spec.pairs("attributes").forEach((name, expression) -> {
            if (ClaimExpression.parse(expression).isEmpty()) {
                wrong(
                        "spec.attributes." + name,
                        "spec.attributes." + name + ": " + Text.quoted(expression) + " (expected: "
                                + ClaimExpression.EXPECTED + ")");
            }
        });
    }

    private void incidentSource() {
        spec.pairs("severities").forEach((said, meant) -> {
            if (Words.NAME.reader().apply(meant).isEmpty()) {
                wrong(
                        "spec.severities." + said,
                        "spec.severities." + said + ": " + Text.quoted(meant) + " (expected: " + Words.NAME.expected()
                                + ")");
            }
        });
        List<Spec> services = spec.all("services");
        for (int i = 0; i < services.size(); i++) {
            TargetSelector targets = TargetSelector.of(services.get(i).at("targets"));
            if (targets.all()
                    || targets.names().isEmpty() && targets.labels().values().isEmpty()) {
                wrong(
                        "spec.services." + i + ".targets",
                        "spec.services." + i + ".targets: " + (targets.all() ? "all" : "neither labels nor names")
                                + " (expected: labels or names, as an incident is about some targets)");
            }
        }
    }

    private void channel() {
        long ways =
                List.of("mail", "chat", "webhook").stream().filter(spec::has).count();
        if (ways != 1) {
            wrong("spec", "spec: " + ways + " of mail, chat and webhook (expected: exactly one)");
        }
        if (spec.at("mail").has("to") && spec.at("mail").tree().get("to") instanceof List<?> to && to.isEmpty()) {
            wrong("spec.mail.to", "spec.mail.to: empty (expected: people, or at least one address)");
        }
    }

    private void role() {
        selector("targets");
        Spec targets = spec.at("targets");
        boolean ours = targets.text("type", "").equals(Target.SALLYPORT)
                || targets.texts("names").equals(List.of(Target.SALLYPORT));
        if (spec.has("ssh") && spec.has("rights")) {
            wrong("spec.rights", "spec.rights: stands beside spec.ssh (expected: one of the two)");
        } else if (!spec.has("ssh") && !spec.has("rights")) {
            wrong(
                    "spec",
                    ours
                            ? "spec.rights: missing (expected: rights on the target sallyport)"
                            : "spec.ssh: missing (expected: ssh with logins, for targets of type ssh)");
        } else if (spec.has("rights") && !ours) {
            wrong(
                    "spec.targets",
                    "spec.targets: chooses more than the product itself (expected: {type: sallyport}, as for all rights)");
        } else if (spec.has("ssh") && (ours || targets.texts("names").contains(Target.SALLYPORT))) {
            wrong(
                    "spec.targets",
                    "spec.targets: chooses the product itself (expected: targets of type ssh, as spec.ssh is given)");
        }
        if (spec.has("ssh") && spec.at("ssh").texts("logins").isEmpty()) {
            wrong("spec.ssh.logins", "spec.ssh.logins: empty (expected: at least one account)");
        }
        if (spec.has("session") && !spec.text("access", "").equals("gateway")) {
            wrong(
                    "spec.session",
                    "spec.session: stands beside access: " + spec.text("access", "direct")
                            + " (expected: access: gateway, as only gateways keep it)");
        }
        if (spec.has("rights") && spec.text("access", "").equals("gateway")) {
            wrong("spec.access", "spec.access: gateway (expected: direct, as rights are used without a session)");
        }
        if (spec.has("rights") && spec.texts("rights").isEmpty()) {
            wrong("spec.rights", "spec.rights: empty (expected: at least one right)");
        }
    }

    private void eligibility() {
        Spec subjects = spec.at("subjects");
        if (subjects.texts("groups").isEmpty()
                && subjects.texts("people").isEmpty()
                && subjects.pairs("attributes").isEmpty()) {
            wrong("spec.subjects", "spec.subjects: names nobody (expected: groups, people or attributes)");
        }
        if (spec.has("targets")) {
            selector("targets");
        }
        Optional<Instant> from = spec.text("from").map(Instant::parse);
        Optional<Instant> until = spec.text("until").map(Instant::parse);
        if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
            wrong("spec.until", "spec.until: " + until.get() + " (expected: after spec.from, " + from.get() + ")");
        }
    }

    private void selector(String key) {
        var selector = TargetSelector.of(spec.at(key));
        boolean chooses = selector.type().isPresent()
                || !selector.labels().values().isEmpty()
                || !selector.names().isEmpty();
        if (!chooses && !selector.all()) {
            wrong(
                    "spec." + key,
                    "spec." + key
                            + ": chooses nothing (expected: type, labels or names; or all: true for every target)");
        } else if (chooses && selector.all()) {
            wrong("spec." + key + ".all", "spec." + key + ".all: stands beside other keys (expected: alone)");
        }
    }

    private void wrong(String path, String message) {
        errors.add(document.place(path), message);
    }
}
