package dev.sallyport.server.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.notification.Carrier;
import dev.sallyport.notification.Channel;
import dev.sallyport.notification.Letter;
import dev.sallyport.notification.Undelivered;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Takes letters to mail servers, chats and programs. */
public final class Carriers implements Carrier, AutoCloseable {
    private final Deadlines deadlines = new Deadlines();
    private final Mails mails;
    private final Webhooks webhooks;

    /**
     * @param privateAddresses networks that are not of the public internet and may be connected to all the same
     * @param server its address, as browsers reach it
     * @param time for one letter
     */
    Carriers(List<String> privateAddresses, URI server, Duration time, Clock clock) {
        var destinations = new Destinations(privateAddresses);
        this.mails = new Mails(destinations, deadlines, new LetterPages(), time);
        this.webhooks = new Webhooks(new Posting(destinations, deadlines, time), server, clock);
    }

    public Carriers(List<String> privateAddresses, URI server) {
        this(privateAddresses, server, Posting.TIME, Clock.systemUTC());
    }

    @Override
    public void carry(Channel channel, Optional<Secret> secret, Letter letter) throws Undelivered {
        switch (channel.way()) {
            case Channel.Mail mail -> mails.send(mail, secret, letter);
            case Channel.Chat chat -> webhooks.post(chat, required(secret), letter);
            case Channel.Webhook webhook -> webhooks.post(webhook, required(secret), letter);
        }
    }

    private static Secret required(Optional<Secret> secret) throws Undelivered {
        return secret.orElseThrow(() -> Undelivered.forGood("the channel has no secret"));
    }

    @Override
    public void close() {
        deadlines.close();
    }
}
