package dev.sallyport.bench;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimString;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.policy.code.PolicyFiles;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;

/**
 * How long one decision takes, on one thread, by the same rules in three engines: a rule allows a role on the targets of
 * an app to the members of a team when the target's criticality is as named, except on one target. All three answer every
 * question alike before anything is measured. Ours also merges obligations, explains and says when to look again.
 */
final class Policies {
    private static final int ROLES = 20;
    private static final int TEAMS = 100;
    private static final int QUESTIONS = 400;
    private static final int DOCUMENTS_A_FILE = 1_000;
    private static final String[] CRITICALITIES = {"low", "high"};

    private Policies() {}

    private record Asked(String role, String app, String team, String criticality, String target) {}

    @FunctionalInterface
    private interface Engine {
        boolean allows(int question) throws Exception;
    }

    static void run(Options options, Report report) throws Exception {
        report.columns("rules | engine | µs a decision | to ours | ready after ms");
        for (int rules : new int[] {1_000, 10_000}) {
            compare(Math.max(20, rules / options.scale()), options, report);
        }
    }

    private static void compare(int rules, Options options, Report report) throws Exception {
        var random = new Random(7);
        List<Asked> asked = random.ints(QUESTIONS, 0, rules)
                .mapToObj(rule -> asked(rule, random))
                .toList();
        long begun = System.nanoTime();
        Engine ours = ours(rules, asked);
        long oursReady = System.nanoTime();
        Engine casbin = casbin(rules, asked);
        long casbinReady = System.nanoTime();
        Engine cedar = cedar(rules, asked);
        long cedarReady = System.nanoTime();
        int allowed = 0;
        for (int i = 0; i < QUESTIONS; i += Math.max(1, rules / 250)) {
            boolean answer = ours.allows(i);
            allowed += answer ? 1 : 0;
            if (casbin.allows(i) != answer || cedar.allows(i) != answer) {
                throw new IllegalStateException("the engines differ on " + asked.get(i));
            }
        }
        if (allowed == 0) {
            throw new IllegalStateException("nothing was allowed, so nothing was compared");
        }
        measure(ours, options.warmUp().dividedBy(Math.min(10, options.scale())));
        double best = Double.MAX_VALUE;
        double casbinBest = Double.MAX_VALUE;
        double cedarBest = Double.MAX_VALUE;
        for (int round = 0; round < options.rounds(); round++) {
            best = Math.min(best, measure(ours, options.time()));
            casbinBest = Math.min(casbinBest, measure(casbin, options.time()));
            cedarBest = Math.min(cedarBest, measure(cedar, options.time()));
        }
        row(report, rules, "sallyport", best, best, oursReady - begun);
        row(report, rules, "jCasbin", casbinBest, best, casbinReady - oursReady);
        row(report, rules, "Cedar, policies cached", cedarBest, best, cedarReady - casbinReady);
    }

    private static void row(Report report, int rules, String engine, double micros, double ours, long ready) {
        report.row("%,d | %s | %s | %s | %,d"
                .formatted(rules, engine, Figures.number(micros), Figures.number(micros / ours), ready / 1_000_000));
    }

    /** Microseconds a decision, on average. */
    private static double measure(Engine engine, Duration time) throws Exception {
        long begun = System.nanoTime();
        long end = begun + time.toNanos();
        long count = 0;
        long allowed = 0;
        long now = begun;
        while (now < end || count == 0) {
            allowed += engine.allows((int) (count % QUESTIONS)) ? 1 : 0;
            count++;
            now = System.nanoTime();
        }
        if (allowed > count) {
            throw new IllegalStateException();
        }
        return (now - begun) / 1e3 / count;
    }

    private static Asked asked(int rule, Random random) {
        boolean other = random.nextInt(4) == 0;
        return new Asked(
                role(rule), app(rule), team(other ? rule + 1 : rule), criticality(rule), "web-" + random.nextInt(50));
    }

    private static String role(int rule) {
        return "role-" + rule % ROLES;
    }

    private static String app(int rule) {
        return "app-" + rule / ROLES;
    }

    private static String team(int rule) {
        return "team-" + rule * 7 % TEAMS;
    }

    private static String criticality(int rule) {
        return CRITICALITIES[rule / 3 % CRITICALITIES.length];
    }

    private static String except(int rule) {
        return "web-" + rule % 50 + "-" + rule;
    }

    private static Engine ours(int rules, List<Asked> asked) {
        var files = new ArrayList<SourceFile>();
        var text = new StringBuilder();
        for (int i = 0; i < rules; i++) {
            text.append("""
                    ---
                    apiVersion: sallyport/v1
                    kind: Policy
                    metadata: {name: p-%d}
                    spec:
                      match: {roles: [%s], targets: {labels: {app: %s}}}
                      rules:
                        - name: r
                          effect: allow
                          approvals: none
                          when: '"%s" in groups && target.criticality == "%s" && target.name != "%s"'
                    """.formatted(i, role(i), app(i), team(i), criticality(i), except(i)));
            if (i % DOCUMENTS_A_FILE == DOCUMENTS_A_FILE - 1 || i == rules - 1) {
                files.add(new SourceFile("f" + i, text.toString()));
                text.setLength(0);
            }
        }
        for (int i = 0; i < asked.size(); i++) {
            Asked one = asked.get(i);
            text.append("""
                    ---
                    apiVersion: sallyport/v1
                    kind: Question
                    metadata: {name: "q-%04d"}
                    spec:
                      principal: {name: dev, groups: [%s]}
                      role: {name: %s}
                      target: {name: %s, criticality: %s, labels: {app: %s}}
                      request: {duration: 1h, reason: bench}
                    """.formatted(i, one.team(), one.role(), one.target(), one.criticality(), one.app()));
        }
        files.add(new SourceFile("questions", text.toString()));
        PolicyFiles read = PolicyFiles.read(files);
        var set = read.set()
                .orElseThrow(() -> new IllegalStateException(read.errors().toString()));
        List<PolicyFiles.Hypothesis> questions = read.questions();
        return i ->
                set.decide(questions.get(i).question(), Question.SOME_MONDAY).effect() == Ruling.Effect.ALLOW;
    }

    private static Engine casbin(int rules, List<Asked> asked) {
        var model = new Model();
        model.loadModelFromText("""
                [request_definition]
                r = role, app, team, criticality, target
                [policy_definition]
                p = role, app, team, criticality, other
                [policy_effect]
                e = some(where (p.eft == allow))
                [matchers]
                m = r.role == p.role && r.app == p.app && r.team == p.team && r.criticality == p.criticality && r.target != p.other
                """);
        var enforcer = new Enforcer(model);
        var policies = new ArrayList<List<String>>();
        for (int i = 0; i < rules; i++) {
            policies.add(List.of(role(i), app(i), team(i), criticality(i), except(i)));
        }
        if (!enforcer.addPolicies(policies)) {
            throw new IllegalStateException("jCasbin did not take the rules");
        }
        return i -> {
            Asked one = asked.get(i);
            return enforcer.enforce(one.role(), one.app(), one.team(), one.criticality(), one.target());
        };
    }

    private static Engine cedar(int rules, List<Asked> asked) throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < rules; i++) {
            text.append("""
                    permit(principal in Team::"%s", action == Action::"%s", resource in App::"%s")
                    when { resource.criticality == "%s" && resource.name != "%s" };
                    """.formatted(team(i), role(i), app(i), criticality(i), except(i)));
        }
        var policies = PolicySet.parsePolicies(text.toString());
        policies.cache();
        var engine = new BasicAuthorizationEngine();
        return i -> {
            Asked one = asked.get(i);
            EntityUID dev = uid("User", "dev");
            EntityUID target = uid("Target", one.target());
            var entities = Set.of(
                    new Entity(dev, Set.of(uid("Team", one.team()))),
                    new Entity(
                            target,
                            Map.of(
                                    "criticality", new PrimString(one.criticality()),
                                    "name", new PrimString(one.target())),
                            Set.of(uid("App", one.app()))));
            var response = engine.isAuthorized(
                    new AuthorizationRequest(dev, uid("Action", one.role()), target, Map.of()), policies, entities);
            return response.success
                    .orElseThrow(() -> new IllegalStateException(String.valueOf(response.errors)))
                    .isAllowed();
        };
    }

    private static EntityUID uid(String type, String id) {
        return Optional.of(type + "::\"" + id + "\"").flatMap(EntityUID::parse).orElseThrow();
    }
}
