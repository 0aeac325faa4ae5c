package dev.sallyport.catalog;

import dev.sallyport.base.Labels;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Spec;
import java.util.List;
import java.util.Optional;

/** A system that people and machines get access to. */
public record Target(TargetId id, String name, String type, Labels labels, Spec spec, String managedBy, long version) {
    /** The type of servers over SSH. */
    public static final String SSH = "ssh";

    /** The type, and the name, of the product itself as a target. */
    public static final String SALLYPORT = "sallyport";

    public Optional<String> host() {
        return spec.at("address").text("host");
    }

    public int port() {
        return spec.at("address").number("port", 22);
    }

    /** Accounts on the host that roles may name; empty means any that a role names. */
    public List<String> logins() {
        return spec.at("ssh").texts("logins");
    }

    /** Whether this account on the host may be given out at all. */
    public boolean admits(String login) {
        return logins().isEmpty() || logins().contains(login);
    }

    /** The pinned host key, where there is no host certificate. */
    public Optional<String> hostKey() {
        return spec.at("ssh").text("hostKey");
    }

    /** Whether a gateway may use algorithms with it that are off by default. */
    public boolean oldAlgorithms() {
        return spec.at("ssh").flag("oldAlgorithms");
    }

    /** The name of the stored password or key by which a gateway signs in as this account, where certificates are not known. */
    public Optional<String> injected(String login) {
        return Optional.ofNullable(spec.at("ssh").pairs("injected").get(login));
    }

    public boolean isCritical() {
        return spec.text("criticality", "").equals("critical");
    }
}
