package dev.sallyport.policy.code;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The functions that conditions may call, with an example of each that a test compiles. */
final class Functions {
    record Function(String name, String example, String about) {}

    static final List<Function> ALL = List.of(
            new Function(
                    "inNetwork", "context.address.inNetwork(\"10.0.0.0/8\")", "whether an address lies in a network"),
            new Function("has", "has(target.labels.env)", "whether a fact or a label is there"),
            new Function("exists", "groups.exists(g, g.startsWith(\"ops-\"))", "whether it holds for any"),
            new Function(
                    "exists_one", "groups.exists_one(g, g.endsWith(\"-leads\"))", "whether it holds for exactly one"),
            new Function("all", "groups.all(g, g != \"vendors\")", "whether it holds for all"),
            new Function("filter", "groups.filter(g, g.contains(\"-\")).size() > 1", "those for which it holds"),
            new Function("map", "groups.map(g, g + \"!\") != []", "each changed"),
            new Function("size", "size(request.ticket) > 3", "how many elements or characters"),
            new Function("contains", "request.reason.contains(\"INC\")", "whether the text holds the other"),
            new Function("startsWith", "target.name.startsWith(\"db-\")", "whether the text begins so"),
            new Function("endsWith", "target.name.endsWith(\"-1\")", "whether the text ends so"),
            new Function(
                    "matches",
                    "request.ticket.matches(\"^OPS-[0-9]+$\")",
                    "whether a pattern (RE2) is found in the text"),
            new Function("duration", "request.duration <= duration(\"4h\")", "a length of time"),
            new Function("timestamp", "context.time < timestamp(\"2027-01-31T08:00:00Z\")", "a point in time"),
            new Function("getHours", "context.time.getHours(\"Europe/Berlin\") >= 22", "the hour, in a named zone"),
            new Function(
                    "getMinutes",
                    "request.duration.getMinutes() < 30 || context.time.getMinutes(\"UTC\") < 5",
                    "minutes of a time, or of a length"),
            new Function(
                    "getDayOfWeek",
                    "context.time.getDayOfWeek(\"Europe/Berlin\") == 0",
                    "the day of the week; 0 is Sunday"),
            new Function(
                    "getDayOfMonth",
                    "context.time.getDayOfMonth(\"UTC\") == 0",
                    "the day of the month; 0 is the first"),
            new Function("getDate", "context.time.getDate(\"UTC\") == 1", "the day of the month; 1 is the first"),
            new Function("getMonth", "context.time.getMonth(\"UTC\") == 11", "the month; 0 is January"),
            new Function("getFullYear", "context.time.getFullYear(\"UTC\") == 2027", "the year"),
            new Function(
                    "getDayOfYear", "context.time.getDayOfYear(\"UTC\") < 31", "the day of the year; 0 is the first"),
            new Function("getSeconds", "request.duration.getSeconds() > 60", "seconds of a time, or of a length"),
            new Function("string", "string(context.risk) == \"7\"", "as a text"),
            new Function("int", "int(target.labels.tier) > 2", "as a whole number"),
            new Function("double", "double(context.risk) > 2.5", "as a number with a fraction"),
            new Function("bool", "bool(target.labels.internal)", "as true or false"));

    static final Set<String> NAMES = ALL.stream().map(Function::name).collect(Collectors.toUnmodifiableSet());

    /** Calls that take their zone as the last argument. */
    static final Set<String> ZONED = Set.of(
            "getHours",
            "getMinutes",
            "getSeconds",
            "getDayOfWeek",
            "getDayOfMonth",
            "getDate",
            "getMonth",
            "getFullYear",
            "getDayOfYear");

    private Functions() {}
}
