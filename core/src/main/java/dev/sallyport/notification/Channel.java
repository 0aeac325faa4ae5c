package dev.sallyport.notification;

import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Where news can be sent, as its document says. */
public record Channel(String name, Way way) {
    /** How it gets there. */
    public sealed interface Way {
        /** What its secret is bound to: sent there and nowhere else. */
        String destination();

        /** The certificates (PEM) that the other side's must lead to, where not those that Java trusts. */
        Optional<String> ca();
    }

    /**
     * @param startTls begins in the clear and turns to TLS before anything is said; otherwise TLS from the first byte
     * @param to always these addresses; nothing: the people whom it concerns
     */
    public record Mail(
            String host,
            int port,
            boolean startTls,
            Optional<String> user,
            String from,
            Optional<List<String>> to,
            Optional<String> ca)
            implements Way {
        @Override
        public String destination() {
            return "smtp://" + user.orElse("") + "@" + host + ":" + port;
        }
    }

    /** An incoming webhook, whose whole address is the secret; the document says on which host it is. */
    public record Chat(Style style, String host, Optional<String> ca) implements Way {
        /** What the message looks like. */
        public enum Style {
            SLACK,
            TEAMS
        }

        @Override
        public String destination() {
            return "https://" + host;
        }
    }

    /** A program; the secret is the key that signs what it gets. */
    public record Webhook(URI url, Optional<String> ca) implements Way {
        @Override
        public String destination() {
            return url.toString();
        }
    }

    private static final String SELECT = "select name, spec from notification_channel ";

    static Optional<Channel> named(Rx rx, String name) {
        return rx.one(
                SELECT + "where name = ?", row -> of(row.getString("name"), Spec.of(row.getString("spec"))), name);
    }

    static List<Channel> all(Rx rx) {
        return rx.list(SELECT + "order by name", row -> of(row.getString("name"), Spec.of(row.getString("spec"))));
    }

    /** Whether it goes to people at their own addresses. */
    boolean isForPeople() {
        return way instanceof Mail mail && mail.to().isEmpty();
    }

    static Channel of(String name, Spec spec) {
        if (spec.has("mail")) {
            return new Channel(name, mail(spec.at("mail")));
        }
        if (spec.has("chat")) {
            Spec chat = spec.at("chat");
            return new Channel(
                    name,
                    new Chat(
                            chat.text("style", "").equals("teams") ? Chat.Style.TEAMS : Chat.Style.SLACK,
                            chat.text("host", ""),
                            chat.text("ca")));
        }
        Spec webhook = spec.at("webhook");
        return new Channel(name, new Webhook(URI.create(webhook.text("url", "")), webhook.text("ca")));
    }

    private static Mail mail(Spec mail) {
        boolean startTls = !mail.text("security", "starttls").equals("tls");
        return new Mail(
                mail.text("host", ""),
                mail.number("port", startTls ? 587 : 465),
                startTls,
                mail.text("user"),
                mail.text("from", ""),
                mail.tree().get("to") instanceof List<?> ? Optional.of(mail.texts("to")) : Optional.empty(),
                mail.text("ca"));
    }
}
