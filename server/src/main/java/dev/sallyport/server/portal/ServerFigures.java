package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The measures of the server as dashboards show them: in units that people read, and where they lead. */
final class ServerFigures {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final int KIB = 1024;

    private final Visit visit;
    private final List<Doc> figures;

    private ServerFigures(Visit visit, List<Doc> figures) {
        this.visit = visit;
        this.figures = figures;
    }

    /** For those who may read them. */
    static Optional<ServerFigures> of(Visit visit) {
        ApiCall call = ApiCall.get("/status/figures");
        return visit.may(call)
                ? Optional.of(new ServerFigures(visit, visit.call(call).items()))
                : Optional.empty();
    }

    /** How long things took. */
    List<Section.Figure> times() {
        var shown = new ArrayList<Section.Figure>();
        took(shown, "sallyport_time_to_grant_seconds", "from asking to the grant", "/requests?view=all&state=approved");
        took(shown, "sallyport_time_to_elevate_seconds", "from asking to the first credential", "/grants?view=all");
        took(
                shown,
                "sallyport_revocation_latency_seconds",
                "from a revocation to the host's word",
                "/grants?view=all&state=ended");
        took(
                shown,
                "sallyport_session_cut_latency_seconds",
                "from the end of a grant to a session that is cut",
                "/sessions?view=all");
        took(
                shown,
                "sallyport_gateway_cut_seconds",
                "from the feed to a session that is cut, in this gateway",
                "/sessions?view=all");
        return shown;
    }

    /** How deep queues are, and how old what waits in them is. */
    List<Section.Figure> waiting() {
        var shown = new ArrayList<Section.Figure>();
        each(shown, "sallyport_waiting", doc -> doc.text("labels.what"), what -> switch (what) {
            case "requests pending" -> "/requests?view=all&state=pending";
            case "findings open" -> "/findings";
            default -> "/grants?view=all&state=ending";
        });
        each(shown, "sallyport_leases", doc -> "leases " + doc.text("labels.state"), _ -> "");
        each(
                shown,
                "sallyport_notifications",
                doc -> "notifications " + doc.text("labels.state"),
                what -> "/settings?notifications-state=" + what.replaceFirst("notifications ", "") + "#notifications");
        each(
                shown,
                "sallyport_notification_lag_seconds",
                doc -> doc.text("labels.of").equals("events")
                        ? "since the oldest event that nobody was told of"
                        : "since the oldest letter that waits",
                _ -> "");
        return shown;
    }

    /** Recordings by state. */
    List<Section.Figure> recordings() {
        var shown = new ArrayList<Section.Figure>();
        each(shown, "sallyport_recordings", doc -> doc.text("labels.state"), _ -> "/sessions?view=all");
        return shown;
    }

    /** What is this server's own. */
    List<Section.Figure> own() {
        var shown = new ArrayList<Section.Figure>();
        each(shown, "sallyport_feed_staleness_seconds", _ -> "since it knew the whole feed", _ -> "");
        each(shown, "sallyport_gateway_feed_age_seconds", _ -> "since its gateway heard the feed", _ -> "");
        each(shown, "sallyport_gateway_journal", _ -> "reports of its gateway that wait", _ -> "");
        each(shown, "sallyport_spool_bytes", _ -> "of recordings that grow or wait to be stored", _ -> "");
        each(
                shown,
                "sallyport_database_connections",
                doc -> "database connections " + doc.text("labels.state"),
                _ -> "");
        return shown;
    }

    private void each(
            List<Section.Figure> shown, String metric, Function<Doc, String> name, Function<String, String> path) {
        figures.stream().filter(figure -> figure.text("name").equals(metric)).forEach(figure -> {
            String said = name.apply(figure);
            shown.add(new Section.Figure(value(figure), said, link(path.apply(said))));
        });
    }

    private void took(List<Section.Figure> shown, String metric, String name, String path) {
        figures.stream()
                .filter(figure -> figure.text("name").equals(metric) && figure.number("value") > 0)
                .forEach(figure -> shown.add(new Section.Figure(
                        length(figure.duration("mean").orElse(Duration.ZERO)),
                        name + ", on average of " + figure.number("value"),
                        Cell.many(Cell.words(mostWithin(figure)), link(path)))));
    }

    /** The shortest of the known times in which nine of ten were done. */
    private static String mostWithin(Doc figure) {
        long all = figure.number("value");
        return figure.list("within").stream()
                .filter(within -> within.number("count") * 10 >= all * 9)
                .findFirst()
                .map(within ->
                        "nine of ten within " + length(within.duration("time").orElse(Duration.ZERO)))
                .orElse("");
    }

    /** To what is counted, for those who may see it. */
    private Cell link(String path) {
        return path.isEmpty() || !visit.caller().rights().contains(right(path))
                ? Cell.nothing()
                : Cell.link(path, "See them");
    }

    private static String right(String path) {
        return switch (path.replaceFirst("\\?.*", "")) {
            case "/requests" -> "request.read-all";
            case "/grants" -> "grant.read-all";
            case "/sessions" -> "session.read-all";
            case "/findings" -> "finding.read";
            case "/settings" -> "notification.read";
            default -> throw new IllegalArgumentException(path);
        };
    }

    private static String value(Doc figure) {
        double value = figure.at("value").json().asDouble(0);
        return switch (figure.text("unit")) {
            case "seconds" -> length(Duration.ofMillis(Math.round(value * 1000)));
            case "bytes" -> bytes(Math.round(value));
            default -> Long.toString(Math.round(value));
        };
    }

    /** In milliseconds what is short, in whole seconds what is not. */
    static String length(Duration length) {
        return length.compareTo(SHORT) < 0
                ? length.toMillis() + " ms"
                : Durations.shown(Duration.ofSeconds(length.plusMillis(500).toSeconds()));
    }

    static String bytes(long bytes) {
        return bytes < KIB
                ? bytes + " bytes"
                : bytes < (long) KIB * KIB ? bytes / KIB + " KiB" : bytes / ((long) KIB * KIB) + " MiB";
    }
}
