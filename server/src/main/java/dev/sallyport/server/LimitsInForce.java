package dev.sallyport.server;

import dev.sallyport.base.Durations;
import dev.sallyport.breakglass.HostLog;
import dev.sallyport.identity.Sessions;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Delegations;
import dev.sallyport.review.ApprovalLimits;
import dev.sallyport.review.EmergencyLimits;
import dev.sallyport.server.signin.SignInWiring;
import dev.sallyport.server.terminal.Terminals;
import dev.sallyport.server.transport.Listener;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The limits of this server by name, as people who run it look them up. */
public final class LimitsInForce {
    private LimitsInForce() {}

    /** What a configuration can say of it. */
    public enum Source {
        /** The configuration says it, and says something else than it would be without. */
        SET,
        /** The configuration may say it. */
        DEFAULT,
        /** No configuration changes it. */
        FIXED
    }

    /** @param name as the configuration or a refusal names it */
    public record Limit(String name, String value, Source source) {}

    /** Those that the configuration may say, then those that it may not. */
    public static List<Limit> of(ServerConfig config) {
        return Stream.of(
                        requests(config.limits()),
                        approvals(config.approvals()),
                        emergencies(config.emergencies()),
                        fixed())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Limit> requests(ServerConfig.Limits now) {
        ServerConfig.Limits usual = ServerConfig.Limits.DEFAULT;
        return List.of(
                named(
                        "limits.requests_per_address",
                        rate(now.perAddress(), "second"),
                        rate(usual.perAddress(), "second")),
                named("limits.requests_per_person", rate(now.perPerson(), "second"), rate(usual.perPerson(), "second")),
                named(
                        "limits.sign_in_questions_per_person",
                        rate(now.signInQuestionsPerPerson(), "minute"),
                        rate(usual.signInQuestionsPerPerson(), "minute")));
    }

    private static List<Limit> approvals(ApprovalLimits now) {
        ApprovalLimits usual = ApprovalLimits.DEFAULT;
        return List.of(
                named("approvals.window", now.window(), usual.window()),
                named("approvals.least", now.least(), usual.least()),
                named("approvals.per_day", now.perDay(), usual.perDay()),
                named("approvals.quick", now.quick(), usual.quick()),
                named("approvals.quick_percent", now.quickPercent(), usual.quickPercent()),
                named("approvals.off_hours_percent", now.offHoursPercent(), usual.offHoursPercent()),
                named("approvals.pairs", now.pairs(), usual.pairs()));
    }

    private static List<Limit> emergencies(EmergencyLimits now) {
        EmergencyLimits usual = EmergencyLimits.DEFAULT;
        return List.of(
                named("break_glass.review_within", now.reviewWithin(), usual.reviewWithin()),
                named("break_glass.budget", now.budget(), usual.budget()),
                named("break_glass.budget_time", now.budgetTime(), usual.budgetTime()));
    }

    private static List<Limit> fixed() {
        return List.of(
                fixed("sign_ins_per_address", rate(RateLimits.SIGN_INS_PER_ADDRESS, "second")),
                fixed("device_codes_per_person", rate(RateLimits.DEVICE_CODES_PER_PERSON, "minute")),
                fixed("password_changes_per_person", rate(RateLimits.PASSWORD_CHANGES_PER_PERSON, "minute")),
                fixed("sign_in_length", shown(Sessions.LENGTH)),
                fixed("sign_in_idle", shown(SignInWiring.BROWSER_IDLE)),
                fixed("live_pages_per_person", Integer.toString(RateLimits.LIVE_PAGES_PER_PERSON)),
                fixed("live_pages", Integer.toString(RateLimits.LIVE_PAGES)),
                fixed("terminals_per_person", Integer.toString(Terminals.PER_PERSON)),
                fixed("terminals", Integer.toString(Terminals.MOST)),
                fixed("terminal_reconnect_within", shown(Terminals.RECONNECT_WITHIN)),
                fixed("body_bytes", bytes(RequestLimits.BODY_BYTES)),
                fixed("catalog_body_bytes", bytes(RequestLimits.CATALOG_BODY_BYTES)),
                fixed("form_bytes", bytes(Listener.FORM_BYTES)),
                fixed("file_bytes", bytes(RequestLimits.FILE_BYTES)),
                fixed("host_log_characters", Integer.toString(HostLog.TEXT_MAX)),
                fixed("request_items", Integer.toString(Ask.ITEMS_MAX)),
                fixed("request_ahead", shown(Ask.AHEAD_MAX)),
                fixed("delegation_length", shown(Delegations.LONGEST)));
    }

    private static Limit named(String name, Object now, Object usual) {
        return new Limit(name, shown(now), now.equals(usual) ? Source.DEFAULT : Source.SET);
    }

    private static Limit fixed(String name, String value) {
        return new Limit(name, value, Source.FIXED);
    }

    private static String shown(Object value) {
        return value instanceof Duration duration ? Durations.shown(duration) : value.toString();
    }

    private static String rate(int value, String unit) {
        return value + " a " + unit;
    }

    private static String bytes(long value) {
        return value + " bytes";
    }
}
