package dev.sallyport.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.credential.BoundSecrets;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * The secrets of channels: a password, the address of a chat's webhook, a signing key. They are wrapped by the root key,
 * together with the destination they were given for: whoever may change the document of a channel cannot have its secret
 * sent somewhere else.
 */
final class ChannelSecrets {
    static final int LONGEST = 4_096;

    private final BoundSecrets secrets;

    ChannelSecrets(KeyVault vault) {
        this.secrets = new BoundSecrets(vault, "notification_secret", "channel");
    }

    /** @throws dev.sallyport.base.Refusal {@code notification.invalid}, never repeating the secret */
    void set(Tx tx, Channel channel, Secret secret) {
        check(channel, secret);
        secrets.set(tx, channel.name(), bound(channel), secret);
    }

    /** Where the secret may be sent: who it is, and by which certificates it is known. */
    private static String bound(Channel channel) {
        return BoundSecrets.destination(
                channel.way().destination(), channel.way().ca());
    }

    /** @throws Undelivered when there is none although it is needed, or it was given for another destination */
    Optional<Secret> of(Database database, Channel channel) throws Undelivered {
        if (channel.way() instanceof Channel.Mail mail && mail.user().isEmpty()) {
            return Optional.empty();
        }
        BoundSecrets.Sealed sealed = database.read(rx -> secrets.of(rx, channel.name()))
                .orElseThrow(() -> Undelivered.forGood("the channel has no secret yet; set it with sallyport"
                        + " notifications secret " + channel.name()));
        if (!sealed.destination().equals(bound(channel))) {
            throw Undelivered.forGood("the channel's secret was set for " + sealed.destination()
                    + " and is not sent anywhere else; set it anew with sallyport notifications secret "
                    + channel.name());
        }
        return Optional.of(sealed.open());
    }

    private static void check(Channel channel, Secret secret) {
        int length = secret.reveal().length();
        if (length < 1 || length > LONGEST) {
            throw NotificationRefusal.INVALID.because(
                    "secret: " + length + " characters (expected: 1 to " + LONGEST + ")");
        }
        if (secret.reveal().chars().anyMatch(Character::isISOControl)) {
            throw NotificationRefusal.INVALID.because("secret: holds a control character (expected: one line of text)");
        }
        switch (channel.way()) {
            case Channel.Mail mail -> {
                if (mail.user().isEmpty()) {
                    throw NotificationRefusal.INVALID.because(
                            channel.name()
                                    + " has no secret: spec.mail.user is not given (expected: a user to whom the password belongs)");
                }
            }
            case Channel.Chat chat -> {
                if (address(secret)
                        .filter(uri -> chat.host().equals(uri.getHost()))
                        .isEmpty()) {
                    throw NotificationRefusal.INVALID.because(
                            "secret: no address on " + chat.host()
                                    + " (expected: the https address of the incoming webhook, on the host that spec.chat.host names)");
                }
            }
            case Channel.Webhook _ -> {
                if (WebhookKey.of(secret).isEmpty()) {
                    throw NotificationRefusal.INVALID.because(
                            "secret: no signing key (expected: " + WebhookKey.EXPECTED + ")", WebhookKey.HINT);
                }
            }
        }
    }

    /** The address of a chat's webhook: https, or http on this machine. */
    static Optional<URI> address(Secret secret) {
        try {
            var uri = new URI(secret.reveal());
            boolean plain = "http".equals(uri.getScheme())
                    && ("127.0.0.1".equals(uri.getHost()) || "localhost".equals(uri.getHost()));
            return Optional.of(uri)
                    .filter(found -> found.getHost() != null
                            && found.getUserInfo() == null
                            && found.getFragment() == null
                            && ("https".equals(found.getScheme()) || plain));
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }
}
