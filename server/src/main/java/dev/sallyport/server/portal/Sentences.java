package dev.sallyport.server.portal;

import dev.sallyport.server.portal.Telling.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happened to a request, told in sentences to people who know nothing of events: one line for each activity, and where
 * what it carries makes it another thing, one for each. {@link Telling} says how the lines are read.
 */
final class Sentences {
    /** How fields read that are not just words, in whichever event they stand. */
    private static final Map<String, Form> FORMS = Map.ofEntries(
            Map.entry("items", Form.LIST),
            Map.entry("windows", Form.COUNT),
            Map.entry("incidents", Form.IDS),
            Map.entry("notify", Form.LIST),
            Map.entry("rules", Form.LIST),
            Map.entry("explanation", Form.LIST),
            Map.entry("duration", Form.LENGTH),
            Map.entry("waited_ms", Form.MILLIS),
            Map.entry("closing_ms", Form.MILLIS),
            Map.entry("cut_ms", Form.MILLIS),
            Map.entry("duration_ms", Form.MILLIS),
            Map.entry("bytes", Form.BYTES),
            Map.entry("starts_at", Form.MOMENT),
            Map.entry("ends_at", Form.MOMENT),
            Map.entry("expires_at", Form.MOMENT),
            Map.entry("due_at", Form.MOMENT),
            Map.entry("from", Form.MOMENT),
            Map.entry("until", Form.MOMENT),
            Map.entry("person", Form.PERSON),
            Map.entry("for", Form.PERSON),
            Map.entry("extends", Form.ID),
            Map.entry("reason", Form.SAID),
            Map.entry("comment", Form.SAID),
            Map.entry("text", Form.SAID),
            Map.entry("detail.text", Form.SAID),
            Map.entry("command", Form.CODE),
            Map.entry("path", Form.CODE),
            Map.entry("pattern", Form.CODE),
            Map.entry("client_address", Form.CODE),
            Map.entry("ticket", Form.CODE),
            Map.entry("code", Form.CODE));

    /** @param when values that fields have to have; {@code *} is any */
    private record Line(Map<String, String> when, Telling telling) {
        boolean fits(Doc event) {
            return when.entrySet().stream().allMatch(wanted -> {
                String value = Telling.text(Telling.field(event, wanted.getKey()));
                return wanted.getValue().equals("*") ? !value.isEmpty() : value.equals(wanted.getValue());
            });
        }
    }

    private static final Map<String, List<Line>> LINES = new LinkedHashMap<>();

    static {
        // asked
        when("request.created", "break_glass=true", "{by} broke glass for {items}, for {duration}[: {reason}]");
        when("request.created", "extends=*", "{by} asked for {duration} more of {items}[: {reason}]");
        when(
                "request.created",
                "windows=*",
                "{by} asked for {items}, {windows} times {duration}[: {reason}][ (ticket {ticket})]");
        line("request.created", "{by} asked for {items} for {duration}[: {reason}][ (ticket {ticket})]");
        line("request.refused", "{by} asked for something that was refused[ ({code})]");
        line("request.withdrawn", "{by} took the request back");
        line("request.expired", "Nobody decided {role} on {target} in time[: {why}]");

        // decided
        when(
                "request.approved",
                "emergency=*",
                "{role} on {target} is granted for {duration}, because of an emergency[ ({incidents})]");
        line("request.approved", "{role} on {target} is granted for {duration}[, because of {incidents}]");
        when("request.denied", "denied_by=policy", "The rules deny {role} on {target}[: {explanation}]");
        when(
                "request.denied",
                "denied_by=policy at approval",
                "{role} on {target} was agreed to, but the rules of the day deny it[: {why}]");
        when(
                "request.denied",
                "denied_by=decision service",
                "{role} on {target} is denied by a decision service[: {why}]");
        line("request.denied", "{role} on {target} is denied[: {why}]");
        when(
                "break-glass.used",
                "because=incident",
                "{role} on {target} was granted without anybody's word, because an incident is open[ ({incidents})]");
        when(
                "break-glass.used",
                "because=fallback",
                "{role} on {target} was granted as an emergency, because nobody had answered");
        line(
                "break-glass.used",
                "{by} broke glass: {role} on {target} was granted as an emergency[: {reason}][; told to {notify}]");
        when(
                "approval.given",
                "service=*,verdict=deny",
                "The decision service {service} denied {role} on {target}[: {comment}]");
        when("approval.given", "service=*", "The decision service {service} approved {role} on {target}[: {comment}]");
        when("approval.given", "verdict=deny", "{by} denied {role} on {target}[ in place of {for}][: {comment}]");
        line(
                "approval.given",
                "{by} approved {role} on {target}[ in place of {for}][, for {duration} only][: {comment}]");
        line("approval.refused", "{by} tried to decide, and was refused[ ({code})]");
        when(
                "approval.escalated",
                "to=the next stage",
                "{waited_for} did not decide[ ({why})], so it goes on to the next stage");
        line("approval.escalated", "{waited_for} did not decide[ ({why})], so {to} may decide too");
        line("approval.fell-back", "{waited_for} did not answer, and the rules grant {role} on {target} then[: {why}]");
        line(
                "approval.fallback-refused",
                "{waited_for} did not answer, and {role} on {target} is not granted without them[: {why}]");
        line("approval.reminded", "Those who decide stage {stage} were reminded, for the {reminder}. time");
        when("approval.untold", "why=no channel", "Nobody who decides stage {stage} can be reached by any channel");
        line("approval.untold", "Those who decide stage {stage} could not be told that it waits for them");
        line("approval.told", "Those who decide stage {stage} could be told after all");
        line("decision-service.asked", "The decision service {service} was asked[ (attempt {attempt})]");
        line("decision-service.failed", "The decision service {service} gave no answer that counts[: {why}]");
        line("decision-service.answered", "The decision service {service} answered: {decision}");
        line("decision-service.unanswered", "The decision service {service} did not answer, and is not asked again");
        line("decision-service.moot", "The answer of the decision service {service} was not needed any more");
        line("decision-service.test-asked", "{by} tried the decision service {service} on this request");
        when("decision-service.tested", "decision=*", "On trial, the decision service {service} said: {decision}");
        line("decision-service.tested", "On trial, the decision service {service} gave no answer that counts[: {why}]");

        // told
        news("request-to-decide", "that this waits for a decision");
        news("request-reminder", "once more that this waits for a decision");
        news("request-decided", "what was decided");
        news("request-expired", "that nobody decided in time");
        news("request-escalated", "that others may decide too");
        news("access-granted", "that access was granted");
        news("grant-ending", "that the access ends soon");
        news("grant-ended", "that the access has ended");
        news("break-glass-used", "of the emergency");
        news("review-due", "that a review is due");
        news("review-overdue", "that the review is overdue");
        when("notification.delivered", "person=*", "{person} was told of it[ through {channel}][ ({news})]");
        line("notification.delivered", "The channel {channel} was told of it[ ({news})]");
        when("notification.undeliverable", "person=*", "{person} could not be told[ through {channel}][ ({news})]");
        line("notification.undeliverable", "The channel {channel} could not be told[ ({news})]");
        line("notification.retried", "{by} had it tried once more to tell {channel}[ ({news})]");

        // held
        when(
                "grant.created",
                "state=scheduled",
                "{role} on {target} is granted from {starts_at} to {ends_at}, and has not begun");
        line("grant.created", "The grant of {role} on {target} began[ and ends at {ends_at}]");
        line("grant.started", "The grant of {role} on {target} began[ and ends at {ends_at}]");
        line("grant.extended", "The grant of {role} on {target} was extended and ends at {ends_at}");
        when("grant.ending", "end_reason=expired", "The time of {role} on {target} is over");
        when("grant.ending", "end_reason=returned", "{by} gave {role} on {target} back[: {comment}]");
        when("grant.ending", "end_reason=revoked", "{by} revoked {role} on {target}[: {comment}]");
        when(
                "grant.ending",
                "end_reason=quarantined",
                "{role} on {target} ends, because {person} may not have anything any more[: {comment}]");
        when("grant.ending", "end_reason=policy", "The rules end {role} on {target}[: {comment}]");
        when("grant.ending", "end_reason=target gone", "{role} on {target} ends, because the target is gone");
        line("grant.ending", "{role} on {target} ends[ ({end_reason})][: {comment}]");
        line("grant.ended", "The grant of {role} on {target} has ended, and nothing of it is open");
        when(
                "lease.issued",
                "kind=ssh-session",
                "The gateway got a certificate for {login} on {target}[, good until {expires_at}]");
        line("lease.issued", "A certificate for {login} on {target} was made[, good until {expires_at}]");
        when("lease.closed", "how=expired", "The certificate for {target} has run out");
        when("lease.closed", "how=the session has ended", "The certificate for {target} ended with its session");
        line("lease.closed", "{target} confirmed the end {closing_ms} later[: {how}]");

        // used
        when(
                "session.opened",
                "recording=off",
                "{person} opened a session as {login} on {target}[ from {client_address}], which is not recorded");
        line("session.opened", "{person} opened a session as {login} on {target}[ from {client_address}]");
        closed("client", "{person} left the session on {target}");
        closed("target", "{target} ended the session");
        closed("grant-ended", "The session on {target} ended with the grant[, {cut_ms} after it]");
        closed("killed", "The session on {target} was ended by somebody who watches over it");
        closed("idle", "The session on {target} ended, because nothing was done in it for too long");
        closed("longest", "The session on {target} ended, because it had lasted as long as it may");
        closed("recording-failed", "The session on {target} ended, because it could not be recorded any more");
        closed("unwatched", "The session on {target} ended, because nobody watched it any more");
        closed("deaf", "The session on {target} ended, because the gateway heard nothing of the server");
        closed("gateway-withdrawn", "The session on {target} ended, because its gateway was withdrawn");
        closed("drained", "The session on {target} ended, because the gateway was being stopped");
        closed("gateway-stopped", "The session on {target} ended, because the gateway had stopped");
        closed("gateway lost", "The session on {target} counts as ended: nothing is heard of the gateway {gateway}");
        closed("not-begun", "The session on {target} did not begin");
        line("session.closed", "The session on {target} ended[ ({reason})]");
        when("session.command", "exact=true", "{person} ran {command}[, which ended with {exit_status}]");
        line("session.command", "{person} typed {command}");
        when("session.rule-matched", "blocked=true", "A command was blocked by the rule {pattern}[: {command}]");
        line("session.rule-matched", "A command matched the rule {pattern}[: {command}]");
        file("read", "{person} read the file {path} ({bytes})");
        file("write", "{person} wrote the file {path} ({bytes})");
        file("remove", "{person} removed the file {path}");
        file("rename", "{person} renamed a file, {path}");
        file("mkdir", "{person} made the folder {path}");
        file("rmdir", "{person} removed the folder {path}");
        line("session.file", "{person} changed {path} ({operation})");
        line("session.opaque-opened", "Something was opened that the recording cannot show: {kind}");
        when("session.supervised", "what=watched", "Somebody watches the session now[: {detail.by}]");
        when("session.supervised", "what=unwatched", "Nobody watches the session any more");
        when("session.supervised", "what=message", "{person} saw a message[ of {detail.by}][: {detail.text}]");
        when("session.supervised", "what=paused", "The session was paused[ by {detail.by}]");
        when("session.supervised", "what=resumed", "The session went on[, let by {detail.by}]");
        line("session.supervised", "The session is watched over: {what}");
        when("session.steered", "what=kill", "{by} ended the session[: {text}]");
        when("session.steered", "what=message", "{by} wrote into the session[: {text}]");
        when("session.steered", "what=pause", "{by} paused the session");
        when("session.steered", "what=resume", "{by} let the session go on");
        line("session.steered", "{by} steered the session ({what})");
        when("session.viewed", "how=live", "{by} began to watch the session[: {reason}]");
        line("session.viewed", "{by} looked at the session[ ({how})][: {reason}]");
        when(
                "session.secret-used",
                "what_for=redaction",
                "The gateway got the secret {secret}, to keep it out of the recording");
        line("session.secret-used", "The gateway got the secret {secret}, to log in with");
        line("recording.progress", "{bytes} of the recording are kept");
        line("recording.gap", "The recording has a gap from {from} to {until}[: {why}]");
        when("recording.stored", "state=complete", "The recording is stored, whole[ ({duration_ms}, {bytes})]");
        line("recording.stored", "The recording is stored, but cut short[ ({duration_ms}, {bytes})]");
        line("recording.missing", "The recording has not arrived");
        line("recording.damaged", "The recording is not what was recorded[: {why}]");

        // looked back at
        when("review.opened", "emergency=true", "It was an emergency: somebody has to review it until {due_at}");
        line("review.opened", "Somebody has to review it until {due_at}");
        when("review.done", "verdict=justified", "{by} reviewed it, and it was justified[: {comment}]");
        when("review.done", "verdict=not justified", "{by} reviewed it, and it was not justified[: {comment}]");
        when("review.done", "verdict=never began", "Nothing has to be reviewed, because the grant never began");
        line("review.done", "{by} reviewed it: {verdict}[: {comment}]");
        when("review.overdue", "days=1", "The review has been overdue for a day");
        line("review.overdue", "The review has been overdue for {days} days");
    }

    private Sentences() {}

    /** What is always so comes after what is so only for some values: the first line that fits is told. */
    private static void line(String activity, String template) {
        when(activity, "", template);
    }

    private static void when(String activity, String values, String template) {
        var wanted = new LinkedHashMap<String, String>();
        for (String pair : values.isEmpty() ? new String[0] : values.split(",")) {
            int is = pair.indexOf('=');
            wanted.put(pair.substring(0, is), pair.substring(is + 1));
        }
        LINES.computeIfAbsent(activity, _ -> new ArrayList<>()).add(new Line(wanted, Telling.of(template)));
    }

    private static void news(String news, String what) {
        when("notification.delivered", "person=*,news=" + news, "{person} was told " + what + "[ through {channel}]");
        when("notification.delivered", "news=" + news, "The channel {channel} was told " + what);
        when(
                "notification.undeliverable",
                "person=*,news=" + news,
                "{person} could not be told " + what + "[ through {channel}]");
        when("notification.undeliverable", "news=" + news, "The channel {channel} could not be told " + what);
    }

    private static void closed(String reason, String template) {
        when("session.closed", "reason=" + reason, template);
    }

    private static void file(String operation, String template) {
        when("session.file", "operation=" + operation, template);
    }

    static Form form(String field) {
        return FORMS.getOrDefault(field, Form.WORDS);
    }

    /** Whether there is a sentence whatever an event of this activity carries. */
    static boolean knows(String activity) {
        return LINES.getOrDefault(activity, List.of()).stream()
                .anyMatch(line -> line.when().isEmpty());
    }

    /**
     * What an event says; nothing for one that is no part of the story of a request.
     *
     * @param names of persons, by their ids
     */
    static Optional<Cell> of(Doc event, Map<String, String> names) {
        return LINES.getOrDefault(event.text("activity"), List.of()).stream()
                .filter(line -> line.fits(event))
                .findFirst()
                .map(line -> line.telling().about(event, names));
    }
}
