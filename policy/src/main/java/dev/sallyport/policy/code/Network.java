package dev.sallyport.policy.code;

import java.net.InetAddress;
import java.util.Optional;

/** A network such as {@code 10.0.0.0/8}; read from literals only, so no name is ever looked up. */
public record Network(InetAddress address, int bits) {
    public static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = address(slash < 0 ? text : text.substring(0, slash));
        int most = address.map(found -> found.getAddress().length * 8).orElse(0);
        if (slash < 0) {
            return address.map(found -> new Network(found, most));
        }
        String bits = text.substring(slash + 1);
        return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= most
                ? address.map(found -> new Network(found, Integer.parseInt(bits)))
                : Optional.empty();
    }

    static Optional<InetAddress> address(String text) {
        try {
            return text.isEmpty() || text.indexOf('%') >= 0
                    ? Optional.empty()
                    : Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((mine[i / 8] & mask) != (theirs[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
