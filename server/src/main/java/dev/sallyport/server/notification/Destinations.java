package dev.sallyport.server.notification;

import dev.sallyport.notification.Undelivered;
import dev.sallyport.policy.code.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Where we connect to: addresses of the public internet, and those that the server's settings allow by name. Who writes the
 * catalogue chooses the hosts of channels, and must not reach through us what only this machine reaches. The address that
 * was judged is the one that is connected to, whatever a name server says a moment later.
 */
final class Destinations {
    /** Neither the internet nor what {@link InetAddress} knows by itself as local (RFC 6890, RFC 6598, RFC 4193, RFC 6052, RFC 3056). */
    private static final List<Network> SPECIAL = networks(
            "0.0.0.0/8",
            "100.64.0.0/10",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "240.0.0.0/4",
            "::/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "fc00::/7",
            "fec0::/10");

    private final List<Network> allowed;

    Destinations(List<String> allowed) {
        this.allowed = networks(allowed.toArray(String[]::new));
    }

    /** The address to connect to. */
    InetAddress resolve(String host) throws Undelivered {
        InetAddress[] found;
        try {
            found = InetAddress.getAllByName(host);
        } catch (UnknownHostException _) {
            throw Undelivered.now("the name " + host + " is not known");
        }
        return Arrays.stream(found)
                .filter(this::isAllowed)
                .findFirst()
                .orElseThrow(() -> Undelivered.forGood(host + " is at a private address, which the server's setting"
                        + " notifications.private_addresses does not name"));
    }

    boolean isAllowed(InetAddress address) {
        if (allowed.stream().anyMatch(network -> network.contains(address))) {
            return true;
        }
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress()
                && SPECIAL.stream().noneMatch(network -> network.contains(address));
    }

    private static List<Network> networks(String... texts) {
        return Arrays.stream(texts)
                .map(text -> Network.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException("notifications.private_addresses: " + text
                                + " (expected: a network such as 10.0.0.0/8)")))
                .toList();
    }
}
