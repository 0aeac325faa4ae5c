package dev.sallyport.policy.code;

import dev.sallyport.formats.document.ShapeTable;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.formats.document.YamlReader;

/** Writes {@code docs/reference/policy.md} from the code, so that the page cannot say anything else. */
final class ReferencePage {
    private final StringBuilder text = new StringBuilder();

    private ReferencePage() {}

    static String text() {
        var page = new ReferencePage();
        page.head();
        for (PolicyKind kind : PolicyKind.values()) {
            page.text.append("\n## %s\n\n%s\n\n".formatted(kind.word(), kind.about()));
            page.text.append(
                    kind == PolicyKind.QUESTION
                            ? "`spec` holds the [facts](#facts), each under its name, such as `principal: {name: dev}`.\n"
                            : kind == PolicyKind.TEST ? tests() : ShapeTable.of("spec", kind.spec()));
        }
        page.facts();
        page.functions();
        page.limits();
        return page.text.toString();
    }

    private void head() {
        text.append("""
                # Policies

                This page is made from the code; a test compares the two. How to write and try policies: [how-to](../how-to/policies.md).

                Files hold YAML 1.2 without anchors, aliases and tags, any number of documents in each; unknown keys are refused. Durations read
                as `1h30m` or `PT1H30M`.

                ## How it decides

                1. Rules are found that speak of the role, the target and the action (`match`).
                2. A `deny` matches when its condition holds **or errs**. An `allow` matches when its condition holds; one that errs does not.
                   A condition errs when it names a fact that is not there: ask `has()` first where that is meant.
                3. Any deny that matches denies. Without an allow that matches, the answer is deny too.
                4. If an allow with `override: true` matches, allows without it do not count. An override never replaces a deny.
                5. Obligations of all allows that count merge to the strictest: durations the shortest, recording, access and cut the
                   strictest, ticket patterns all, who is told the union. What the request does not meet denies it, and the answer says how to
                   meet it.
                6. Stages of all allows that count add up. Stages with the same number wait together; of the same people at the same stage, the larger number counts.
                   Nobody's word is needed only where every allow that counts says `approvals: none`.
                7. An emergency (`request.breakGlass`) is granted only by rules whose condition names `request.breakGlass`; other allows do not match.
                8. A freeze denies requests and extensions while it is on. It does not stop emergencies, and ends what runs only if it says so.
                9. Whether what runs may go on is the action `hold`: the same rules, without stages, durations, reason and ticket.

                The answer names when it must be given anew: when a calendar or a freeze that rules name changes, or with the next minute for
                conditions on `context.time` and `context.mfaAge`.
                """);
    }

    private static String tests() {
        return """
                `spec.facts` and `spec.cases[].facts` hold [facts](#facts); those of a case are put over the others. Without `context.time`
                it is %s, a Monday.

                | Key | | Meaning |
                |---|---|---|
                | `spec.facts` | | facts of all cases |
                | `spec.cases[].name` | required | what the case shows |
                | `spec.cases[].action` | | `request` (if not given), `extend` or `hold` |
                | `spec.cases[].facts` | | facts of this case |
                | `spec.cases[].expect.effect` | required | `allow`, `approval` or `deny` |
                | `spec.cases[].expect.rules` | | exactly the rules that matched, as `POLICY/RULE`; a freeze is `freeze/NAME` |
                | `spec.cases[].expect.stages` | | exactly the stages, as explained: `1: 2 approvals by leads` |
                | `spec.cases[].expect.obligations` | | obligations that hold, as in a Policy; others may hold too |
                | `spec.cases[].expect.says` | | each is part of a sentence that the requester reads |
                | `spec.cases[].expect.again` | | when it must be decided again |
                """.formatted(Question.SOME_MONDAY);
    }

    private void facts() {
        text.append("""

                ## Facts

                What conditions may name. Facts that are not known are not there; `groups` is short for `principal.groups`, and `constant`,
                `calendar` and `freeze` hold what documents declare.
                """);
        for (FactTypes.Group group : FactTypes.ALL) {
            text.append("\n### %s\n\n%s\n\n| Field | Type | When not said | Meaning |\n|---|---|---|---|\n"
                    .formatted(group.name(), group.about()));
            for (FactTypes.Field field : group.fields()) {
                text.append("| `%s` | %s | %s | %s |\n"
                        .formatted(field.name(), type(field.type()), unsaid(field.unsaid()), field.about()));
            }
        }
    }

    private static String type(FactTypes.Type type) {
        return switch (type) {
            case FactTypes.Type.Plain plain ->
                switch (plain) {
                    case TEXT -> "string";
                    case NUMBER -> "int";
                    case FLAG -> "bool";
                    case SPAN -> "duration";
                    case TIME -> "timestamp";
                    case TEXTS -> "list(string)";
                    case PAIRS -> "map(string, string)";
                };
            case FactTypes.Type.Part part ->
                "[" + part.group().name() + "](#" + part.group().name() + ")";
            case FactTypes.Type.Parts parts ->
                "list([" + parts.group().name() + "](#" + parts.group().name() + "))";
        };
    }

    private static String unsaid(FactTypes.Unsaid unsaid) {
        return switch (unsaid) {
            case REFUSED -> "never";
            case ABSENT -> "not there";
            case EMPTY -> "empty";
            case FALSE -> "false";
            case TRUE -> "true";
        };
    }

    private void functions() {
        text.append("""

                ## Functions and operators

                Conditions are [CEL](https://cel.dev): `&&`, `||`, `!`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `+`, `-`, `*`, `/`, `%`, `? :`, lists, maps, and these:

                | Function | Example | Gives |
                |---|---|---|
                """);
        Functions.ALL.forEach(function -> text.append("| `%s` | `%s` | %s |\n"
                .formatted(function.name(), function.example().replace("|", "\\|"), function.about())));
    }

    private void limits() {
        text.append("""

                ## Limits

                | What | At most |
                |---|---|
                | One file | %d KiB, nested %d deep |
                | Documents at once | %,d |
                | Rules in one policy | %,d |
                | Stages of one rule | %,d |
                | A condition | %,d characters, %,d parts, nested %d deep |
                | Its cost (each part 1, inside a loop %d times that) | %,d |
                | Rounds of loops when it is judged; more err | %,d |
                """.formatted(
                        SourceFile.MAX / 1024,
                        YamlReader.DEPTH_MAX,
                        Limits.DOCUMENTS,
                        Limits.RULES,
                        Limits.STAGES,
                        Limits.CONDITION,
                        Limits.CONDITION_PARTS,
                        Limits.CONDITION_DEPTH,
                        Limits.LOOP,
                        Limits.COST,
                        Limits.ROUNDS));
    }
}
