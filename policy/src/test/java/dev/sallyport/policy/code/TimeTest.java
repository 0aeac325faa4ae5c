package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeTest {
    private static final String NIGHT = """
            apiVersion: sallyport/v1
            kind: Calendar
            metadata: {name: night}
            spec:
              zone: Europe/Berlin
              windows: [{days: [mon, tue, wed, thu, fri, sat, sun], from: "22:00", until: "06:00"}]
              closed: ["2027-01-06"]
            """;
    private static final String FREEZE = """
            apiVersion: sallyport/v1
            kind: Freeze
            metadata: {name: nights}
            spec: {calendar: night, targets: {labels: {env: prod}}, unless: '"oncall" in groups', message: nothing new at night}
            """;
    private static final String ALLOW = Files.policy("- {name: a, effect: allow, approvals: none}");

    private static final String EMERGENCY =
            Files.policy("- {name: e, effect: allow, approvals: none, when: request.breakGlass}");

    private static Ruling at(String time, String facts, String... policies) {
        return Files.set(policies).decide(Files.question(facts), Instant.parse(time));
    }

    @Test
    void aFreezeStopsWhatIsNewAndSaysWhenToLookAgain() {
        Ruling asleep = at("2027-01-04T22:30:00Z", "{}", NIGHT, FREEZE, ALLOW);
        Ruling awake = at("2027-01-04T20:59:59Z", "{}", NIGHT, FREEZE, ALLOW);

        assertThat(asleep.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(asleep.sentences()).containsExactly("nothing new at night");
        assertThat(asleep.again()).contains(Instant.parse("2027-01-05T05:00:00Z"));
        assertThat(awake.effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(awake.again()).contains(Instant.parse("2027-01-04T21:00:00Z"));
    }

    @Test
    void aFreezeStopsNeitherEmergenciesNorExceptionsNorOtherTargetsNorWhatRuns() {
        String night = "2027-01-04T23:00:00Z";
        PolicySet set = Files.set(NIGHT, FREEZE, ALLOW);

        assertThat(at(night, "{request: {breakGlass: true}}", NIGHT, FREEZE, EMERGENCY)
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at(night, "{principal: {groups: [oncall]}}", NIGHT, FREEZE, ALLOW)
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at(night, "{target: {labels: {env: test}}}", NIGHT, FREEZE, ALLOW)
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(set.decide(Files.question(Action.HOLD, "{}"), Instant.parse(night))
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(Files.set(NIGHT, FREEZE.replace("message:", "endsRunning: true, message:"), ALLOW)
                        .decide(Files.question(Action.HOLD, "{}"), Instant.parse(night))
                        .effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void callingARequestAnEmergencyDoesNotGetAroundAFreeze() {
        Ruling ruling = at("2027-01-04T23:00:00Z", "{request: {breakGlass: true}}", NIGHT, FREEZE, ALLOW);

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(ruling.trace().getLast().why())
                .isEqualTo("an emergency is granted only by rules that name request.breakGlass");
    }

    @Test
    void aFreezeBetweenInstantsEndsByItself() {
        String freeze = FREEZE.replace("calendar: night", "from: 2026-12-20T00:00:00Z, until: 2027-01-05T00:00:00Z");

        assertThat(at("2027-01-04T23:59:59Z", "{}", freeze, ALLOW).effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(at("2027-01-05T00:00:00Z", "{}", freeze, ALLOW).effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at("2027-01-05T00:00:00Z", "{}", freeze, ALLOW).again()).isEmpty();
    }

    @Test
    void onAClosedDateNoWindowBegins() {
        assertThat(at("2027-01-06T03:00:00Z", "{}", NIGHT, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(at("2027-01-06T22:00:00Z", "{}", NIGHT, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void hoursFollowTheZoneOverDaylightSaving() {
        // 2027-03-28: clocks in Berlin go from 02:00 to 03:00; 22:00 there is 21:00Z before and 20:00Z after
        assertThat(at("2027-03-27T20:30:00Z", "{}", NIGHT, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at("2027-03-27T21:00:00Z", "{}", NIGHT, FREEZE, ALLOW).again())
                .contains(Instant.parse("2027-03-28T04:00:00Z"));
        assertThat(at("2027-03-28T20:00:00Z", "{}", NIGHT, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void aTimeThatTheClockSkipsBeginsWhenItGoesOn() {
        String skipped = NIGHT.replace("22:00", "02:30").replace("06:00", "04:00");

        assertThat(at("2027-03-28T01:29:59Z", "{}", skipped, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at("2027-03-28T01:30:00Z", "{}", skipped, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void wheneverMidnightIsSkippedOrComesTwiceTheDayIsWhatTheZoneSays() {
        // Santiago, 2027-09-05: after 23:59 comes 01:00; 2027-04-03: after 23:59 comes 23:00 once more
        String sundays = NIGHT.replace("Europe/Berlin", "America/Santiago")
                .replace("[mon, tue, wed, thu, fri, sat, sun]", "[sun]")
                .replace("22:00", "00:00")
                .replace("06:00", "02:00");
        String saturdays = NIGHT.replace("Europe/Berlin", "America/Santiago")
                .replace("[mon, tue, wed, thu, fri, sat, sun]", "[sat]")
                .replace("22:00", "23:00")
                .replace("06:00", "00:00");

        assertThat(at("2027-09-05T03:59:59Z", "{}", sundays, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at("2027-09-05T04:00:00Z", "{}", sundays, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(at("2027-09-05T04:00:00Z", "{}", sundays, FREEZE, ALLOW).again())
                .contains(Instant.parse("2027-09-05T05:00:00Z"));
        assertThat(at("2027-04-04T02:00:00Z", "{}", saturdays, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(at("2027-04-04T03:30:00Z", "{}", saturdays, FREEZE, ALLOW).effect())
                .as("the second time that it is half past eleven")
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(at("2027-04-04T03:30:00Z", "{}", saturdays, FREEZE, ALLOW).again())
                .contains(Instant.parse("2027-04-04T04:00:00Z"));
        assertThat(at("2027-04-04T04:00:00Z", "{}", saturdays, FREEZE, ALLOW).effect())
                .isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void aConditionOnTheClockIsLookedAtAgainNextMinute() {
        String policy = Files.policy(
                "- {name: a, effect: allow, approvals: none, when: 'context.time.getHours(\"Europe/Berlin\") < 18'}");

        assertThat(at("2027-01-04T16:59:30Z", "{}", policy).effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(at("2027-01-04T16:59:30Z", "{}", policy).again()).contains(Instant.parse("2027-01-04T17:00:00Z"));
        assertThat(at("2027-01-04T17:00:00Z", "{}", policy).effect()).isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void aConditionThatTakesAFactInAnotherWayStillNamesIt() {
        PolicySet plain =
                Files.set(ALLOW.replace("approvals: none", "approvals: none, when: 'principal.name == \"ann\"'"));
        PolicySet within = Files.set(ALLOW.replace(
                "approvals: none", "approvals: none, when: '[principal].exists(p, p.held.exists(h, h.running))'"));
        PolicySet chosen = Files.set(
                ALLOW.replace(
                        "approvals: none",
                        "approvals: none, when: '(request.breakGlass ? context : context).time > timestamp(\"2027-01-04T22:30:00Z\")'"));

        assertThat(plain.names("principal.held")).isFalse();
        assertThat(plain.names("principal.name")).isTrue();
        assertThat(within.names("principal.held")).isTrue();
        assertThat(chosen.decide(Files.question("{}"), Instant.parse("2027-01-04T22:29:10Z"))
                        .again())
                .contains(Instant.parse("2027-01-04T22:30:00Z"));
    }
}
