package dev.sallyport.server.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Json;
import dev.sallyport.notification.Channel;
import dev.sallyport.notification.Fact;
import dev.sallyport.notification.Letter;
import dev.sallyport.notification.Undelivered;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What chats and programs get. */
final class Webhooks {
    private final Posting posting;
    private final URI server;
    private final Clock clock;

    /** @param server its address, as browsers reach it */
    Webhooks(Posting posting, URI server, Clock clock) {
        this.posting = posting;
        this.server = server;
        this.clock = clock;
    }

    /** Signed as Standard Webhooks says: HMAC-SHA-256 over id, timestamp and body. */
    void post(Channel.Webhook webhook, Secret key, Letter letter) throws Undelivered {
        byte[] body = Json.text(plain(letter)).getBytes(StandardCharsets.UTF_8);
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        posting.post(
                webhook.url(),
                webhook.ca(),
                body,
                Map.of(
                        "webhook-id",
                        letter.id(),
                        "webhook-timestamp",
                        timestamp,
                        "webhook-signature",
                        signature(key, letter.id(), timestamp, body)));
    }

    /** The secret is the address. */
    void post(Channel.Chat chat, Secret address, Letter letter) throws Undelivered {
        URI to = URI.create(address.reveal());
        if (!chat.host().equals(to.getHost())) {
            throw Undelivered.forGood("the channel's secret is no address on " + chat.host());
        }
        Map<String, Object> message = switch (chat.style()) {
            case SLACK -> slack(letter, address(letter));
            case TEAMS -> teams(letter, address(letter));
        };
        posting.post(to, chat.ca(), Json.text(message).getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** The page of what it is about: whoever follows it signs in, and sees what they may. A room has many readers. */
    private Optional<String> address(Letter letter) {
        return letter.request().map(request -> server + "/requests/" + request);
    }

    static String signature(Secret secret, String id, String timestamp, byte[] body) throws Undelivered {
        return WebhookKey.of(secret)
                .orElseThrow(() -> Undelivered.forGood("the channel's secret is no signing key"))
                .sign(id + "." + timestamp, body);
    }

    /** {@code type, timestamp, data}: the shape that Standard Webhooks recommends. */
    static Map<String, Object> plain(Letter letter) {
        var facts = new LinkedHashMap<String, List<String>>();
        letter.story()
                .facts()
                .forEach(fact -> facts.computeIfAbsent(fact.label(), _ -> new ArrayList<>())
                        .add(fact.value()));
        var data = new LinkedHashMap<String, Object>();
        data.put("id", letter.id());
        data.put("severity", letter.severity().name().toLowerCase(Locale.ROOT));
        data.put("title", letter.story().title());
        data.put("facts", facts);
        data.put("next", letter.story().next());
        letter.request().ifPresent(request -> data.put("request", request));
        var body = new LinkedHashMap<String, Object>();
        body.put("type", letter.news().word());
        body.put("timestamp", letter.happenedAt().toString());
        body.put("data", data);
        return body;
    }

    /** Plain text blocks: nothing that somebody typed becomes a link or a mention. */
    static Map<String, Object> slack(Letter letter, Optional<String> address) {
        var blocks = new ArrayList<Object>();
        blocks.add(Map.of("type", "section", "text", plainText(letter.story().title())));
        // a section takes ten fields of 2,000 characters
        for (int from = 0; from < letter.story().facts().size(); from += 10) {
            List<Fact> some = letter.story()
                    .facts()
                    .subList(from, Math.min(from + 10, letter.story().facts().size()));
            blocks.add(Map.of(
                    "type",
                    "section",
                    "fields",
                    some.stream()
                            .map(fact -> plainText(fact.label() + ": " + fact.value()))
                            .toList()));
        }
        var below = new ArrayList<Object>();
        below.add(plainText(letter.story().next()));
        // an address of ours, made of an id: nothing that somebody typed
        address.ifPresent(page -> below.add(Map.of("type", "mrkdwn", "text", "<" + escaped(page) + "|Open it>")));
        blocks.add(Map.of("type", "context", "elements", below));
        return Map.of("text", escaped(letter.story().title()), "blocks", blocks);
    }

    private static Map<String, Object> plainText(String text) {
        return Map.of("type", "plain_text", "text", text, "emoji", false);
    }

    /** What a notification shows of it is read as mrkdwn, where these three begin everything. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** An adaptive card of text runs, which know no markdown. */
    static Map<String, Object> teams(Letter letter, Optional<String> address) {
        var body = new ArrayList<Object>();
        body.add(run(letter.story().title(), true));
        letter.story().facts().forEach(fact -> body.add(run(fact.label() + ": " + fact.value(), false)));
        body.add(run(letter.story().next(), false));
        var card = new LinkedHashMap<String, Object>();
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("type", "AdaptiveCard");
        card.put("version", "1.4");
        card.put("body", body);
        address.ifPresent(page ->
                card.put("actions", List.of(Map.of("type", "Action.OpenUrl", "title", "Open it", "url", page))));
        return Map.of(
                "type",
                "message",
                "attachments",
                List.of(Map.of("contentType", "application/vnd.microsoft.card.adaptive", "content", card)));
    }

    private static Map<String, Object> run(String text, boolean strong) {
        return Map.of(
                "type",
                "RichTextBlock",
                "inlines",
                List.of(
                        strong
                                ? Map.of("type", "TextRun", "text", text, "weight", "Bolder")
                                : Map.of("type", "TextRun", "text", text)));
    }
}
