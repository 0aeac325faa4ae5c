package dev.sallyport.formats.breakglass;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sallyport.base.Ids;
import dev.sallyport.base.Names;
import dev.sallyport.base.Refusal;
import dev.sallyport.formats.ssh.SshKeyType;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The public part of a kit: which authority it is, how many shares open it, who keeps them, and a digest of each, by which
 * a wrong one is named. Nothing in it is secret; without it shares are only numbers.
 */
public record Kit(String id, String name, SshPublicKey ca, int threshold, Instant created, List<KitShare> shares) {
    /** The prefix of the id of a kit. */
    public static final String PREFIX = "bgk_";

    /** With one share the key would be in one hand. */
    public static final int THRESHOLD_MIN = 2;

    static final String MAGIC = "sallyport-breakglass-kit";
    static final int VERSION = 1;
    static final int TAG = 8;

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public Kit {
        shares = List.copyOf(shares);
        Ids.check(PREFIX, id);
        Names.check("kit", name);
        checkThreshold(threshold, shares.size());
        if (ca.type() != SshKeyType.ED25519) {
            throw KitRefusal.MALFORMED_KIT.because("ca: " + ca.algorithm() + " (expected: ssh-ed25519)");
        }
        checkNames(shares.stream().map(KitShare::custodian).toList());
        for (int i = 0; i < shares.size(); i++) {
            if (shares.get(i).number() != i + 1) {
                throw KitRefusal.MALFORMED_KIT.because(
                        "share: number " + shares.get(i).number() + " (expected: " + (i + 1) + ")");
            }
        }
    }

    /** One share, as far as everybody may know it. */
    public record KitShare(int number, Custodian custodian, String digest) {
        public KitShare {
            if (!DIGEST.matcher(digest).matches()) {
                throw KitRefusal.MALFORMED_KIT.because("digest of share " + number + " (expected: 64 hex digits)");
            }
        }
    }

    /** A new kit and its shares, in the custodians' order; closing it overwrites them. */
    public record Made(Kit kit, List<Share> shares) implements AutoCloseable {
        public Made {
            shares = List.copyOf(shares);
        }

        @Override
        public void close() {
            shares.forEach(Share::close);
        }
    }

    /**
     * Makes an authority and splits its key; the whole key is gone when this returns.
     *
     * @throws Refusal {@code breakglass.invalid-threshold} or {@code breakglass.invalid-custodians}
     */
    public static Made make(String name, int threshold, List<Custodian> custodians, Instant now, SecureRandom random) {
        checkThreshold(threshold, custodians.size());
        checkNames(custodians);
        Names.check("kit", name);
        try (var key = KitKey.generate(random)) {
            SshPublicKey ca = key.publicKey().withComment("sallyport-breakglass-" + name);
            byte[][] values = key.split(threshold, custodians.size(), random);
            var shares = new ArrayList<Share>();
            var known = new ArrayList<KitShare>();
            for (int i = 0; i < values.length; i++) {
                var share = new Share(tag(ca), threshold, i + 1, values[i]);
                shares.add(share);
                known.add(new KitShare(i + 1, custodians.get(i), share.digest()));
            }
            var kit = new Kit(Ids.next(PREFIX), name, ca, threshold, now.truncatedTo(ChronoUnit.SECONDS), known);
            return new Made(kit, shares);
        }
    }

    /**
     * The authority's key, from shares that are each what was given out, no two the same, and enough. Who holds fewer
     * learns nothing by trying.
     *
     * @throws Refusal naming the share: {@code breakglass.other-kit}, {@code breakglass.wrong-share},
     *     {@code breakglass.duplicate-share}, {@code breakglass.too-few-shares}
     */
    public KitKey open(List<Share> given) {
        var numbers = new HashSet<Integer>();
        for (Share share : given) {
            check(share);
            if (!numbers.add(share.number())) {
                throw KitRefusal.DUPLICATE_SHARE.because(
                        label(share.number()) + " was given twice (expected: " + threshold + " different shares)");
            }
        }
        if (given.size() < threshold) {
            throw KitRefusal.TOO_FEW_SHARES.because(
                    given.size() + " good shares of " + name + " (expected: any " + threshold + " of " + shares.size()
                            + ")",
                    "ask further custodians: "
                            + String.join(
                                    ", ",
                                    shares.stream()
                                            .filter(share -> !numbers.contains(share.number()))
                                            .map(share -> share.custodian().name())
                                            .toList()));
        }
        List<Share> used = given.subList(0, threshold);
        byte[][] values = used.stream().map(Share::value).toArray(byte[][]::new);
        int[] points = used.stream().mapToInt(Share::number).toArray();
        KitKey key = KitKey.of(Shamir.interpolate(points, values, 0));
        if (!key.publicKey().equals(ca)) {
            key.close();
            throw KitRefusal.MALFORMED_KIT.because("the shares are right and give another key than the file of the kit"
                    + " names (expected: the file as it was made)");
        }
        return key;
    }

    /** Refuses a share that is not one of this kit's, or not what was given out. */
    public void check(Share share) {
        if (!Arrays.equals(share.kitTag(), tag(ca))) {
            throw KitRefusal.OTHER_KIT.because("a share with number " + share.number()
                    + " belongs to another kit (expected: one of " + name + ", " + id + ")");
        }
        if (share.number() > shares.size() || share.threshold() != threshold) {
            throw KitRefusal.WRONG_SHARE.because("share " + share.number() + " of " + name + " was never given out");
        }
        String expected = shares.get(share.number() - 1).digest();
        if (!MessageDigest.isEqual(expected.getBytes(US_ASCII), share.digest().getBytes(US_ASCII))) {
            throw KitRefusal.WRONG_SHARE.because(
                    label(share.number()) + " is not the one that was given out", "go on with another custodian");
        }
    }

    /** For messages: which share of whom. */
    public String label(int number) {
        return number >= 1 && number <= shares.size()
                ? "share " + number + " (" + shares.get(number - 1).custodian().name() + ")"
                : "share " + number;
    }

    /** Tells shares of one kit from those of another. */
    static byte[] tag(SshPublicKey ca) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(ca.blob()), TAG);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a sealed share, which says so in clear, is one of this kit's. */
    public boolean issued(SealedShare share) {
        return Arrays.equals(share.kitTag(), tag(ca));
    }

    /** The file of the kit. */
    public String text() {
        var out = new StringBuilder(MAGIC + " " + VERSION + "\n");
        out.append("id ").append(id).append('\n');
        out.append("name ").append(name).append('\n');
        out.append("ca ").append(ca.line()).append('\n');
        out.append("threshold ").append(threshold).append('\n');
        out.append("created ").append(created).append('\n');
        for (KitShare share : shares) {
            String lock = switch (share.custodian().lock()) {
                case Custodian.Lock.Age(String recipient) -> recipient;
                case Custodian.Lock.Passphrase() -> "passphrase";
            };
            out.append("share %d %s %s %s\n"
                    .formatted(
                            share.number(),
                            lock,
                            share.digest(),
                            share.custodian().name()));
        }
        return out.toString();
    }

    /**
     * Reads the file of a kit.
     *
     * @throws Refusal {@code breakglass.malformed-kit} naming line and field, or {@code breakglass.newer-version}
     */
    public static Kit parse(String text) {
        var lines = new Lines(text, MAGIC, VERSION, KitRefusal.MALFORMED_KIT);
        String id = lines.next("id");
        String name = lines.next("name");
        String ca = lines.next("ca");
        int threshold = lines.number("threshold", Shamir.SHARES_MAX);
        Instant created = lines.instant("created");
        var shares = new ArrayList<KitShare>();
        for (String line : lines.all("share")) {
            shares.add(lines.checked(() -> share(line)));
        }
        lines.end();
        return lines.checked(() -> new Kit(id, name, SshPublicKey.parse(ca), threshold, created, shares));
    }

    private static KitShare share(String line) {
        String[] word = line.split(" ", -1);
        if (word.length != 4 || !word[0].matches("[1-9][0-9]{0,2}")) {
            throw KitRefusal.MALFORMED_KIT.because(
                    "share: a line of other words (expected: number, lock, digest, name)");
        }
        Custodian.Lock lock =
                word[1].equals("passphrase") ? new Custodian.Lock.Passphrase() : new Custodian.Lock.Age(word[1]);
        return new KitShare(Integer.parseInt(word[0]), new Custodian(word[3], lock), word[2]);
    }

    /** @throws Refusal {@code breakglass.invalid-threshold} */
    public static void checkThreshold(int threshold, int of) {
        if (of > Shamir.SHARES_MAX) {
            throw KitRefusal.INVALID_THRESHOLD.because(
                    "shares: " + of + " (expected: at most " + Shamir.SHARES_MAX + ")");
        }
        if (threshold < THRESHOLD_MIN || threshold > of) {
            throw KitRefusal.INVALID_THRESHOLD.because("threshold: " + threshold + " of " + of + " (expected: from "
                    + THRESHOLD_MIN + " up to the number of custodians)");
        }
    }

    private static void checkNames(List<Custodian> custodians) {
        var names = new HashSet<String>();
        var recipients = new HashSet<String>();
        for (Custodian custodian : custodians) {
            if (!names.add(custodian.name())) {
                throw KitRefusal.INVALID_CUSTODIANS.because(
                        "custodian " + custodian.name() + " is named twice (expected: one share each)");
            }
            if (custodian.lock() instanceof Custodian.Lock.Age(String recipient) && !recipients.add(recipient)) {
                throw KitRefusal.INVALID_CUSTODIANS.because("custodian " + custodian.name()
                        + " has the recipient of another one (expected: one each, or one identity opens two shares)");
            }
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
