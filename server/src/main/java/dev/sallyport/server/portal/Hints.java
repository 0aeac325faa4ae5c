package dev.sallyport.server.portal;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What would help, as refusals say it: where that is a command, the page of the portal that does the same. */
final class Hints {
    private static final Pattern COMMAND = Pattern.compile("\\bsallyport ([a-z-]+)(?: ([^ ,;()]+))?(?: ([^ ,;()]+))?");

    private static final Map<String, Cell> PAGES = Map.ofEntries(
            Map.entry("passkeys", Cell.link("/me", "Sign-in and factors")),
            Map.entry("sign-ins", Cell.link("/me", "Sign-in and factors")),
            Map.entry("totp", Cell.link("/me", "Sign-in and factors")),
            Map.entry("delegations", Cell.link("/me", "Sign-in and factors")),
            Map.entry("favourites", Cell.link("/", "Home")),
            Map.entry("eligible", Cell.link("/ask", "Ask for access")),
            Map.entry("request", Cell.link("/ask", "Ask for access")),
            Map.entry("requests", Cell.link("/decide", "Decide")),
            Map.entry("ssh", Cell.link("/grants?view=mine", "Active access")),
            Map.entry("incidents", Cell.link("/incidents", "Incidents")),
            Map.entry("targets", Cell.link("/targets", "Targets")),
            Map.entry("policy", Cell.link("/policy", "Policy")),
            Map.entry("gateways", Cell.link("/settings", "Settings")),
            Map.entry("breakglass", Cell.link("/settings", "Settings")),
            Map.entry("keys", Cell.link("/settings", "Settings")),
            Map.entry("notifications", Cell.link("/settings", "Settings")),
            Map.entry("notification-channels", Cell.link("/notification-channels", "Notification channels")),
            Map.entry("decision-services", Cell.link("/decision-services", "Decision services")));

    private Hints() {}

    /** Where the same is done; nothing where a hint names no command, or the portal has no such page. */
    static Optional<Cell> page(String hint) {
        Matcher command = COMMAND.matcher(hint);
        if (!command.find()) {
            return Optional.empty();
        }
        String name = Optional.ofNullable(command.group(2)).orElse("");
        return switch (command.group(1)) {
            case "show" -> Optional.of(Links.any(name)).filter(Cell.Link.class::isInstance);
            case "watch" -> Links.isId(name) ? Optional.of(Links.session(name)) : Optional.empty();
            case "people" ->
                Optional.of(command.group(3) == null ? Cell.link("/people", "People") : Links.person(command.group(3)));
            case "unquarantine" -> Optional.of(Links.person(name));
            default -> Optional.ofNullable(PAGES.get(command.group(1)));
        };
    }

    /** Whether it is nothing but a command, which says nothing to who is shown a page that does it. */
    static boolean isCommand(String hint) {
        return hint.startsWith("sallyport ") && !hint.contains(" shows ");
    }
}
