package dev.sallyport.bench;

import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Sign-in of one person in 20,000 groups, and every list and search over 100,000 persons, 50,000 targets, 1,000,000 events. */
final class Scale {
    private static final int GROUPS = 20_000;
    private static final int PEOPLE = 100_000;
    private static final int TARGETS = 50_000;
    private static final int EVENTS = 1_000_000;

    private Scale() {}

    static void run(Options options, Report report) throws Exception {
        int scale = options.scale();
        int calls = scale == 1 ? 100 : 5;
        try (Lab lab = Lab.open(options.fsync(), List.of())) {
            try (Someone someone = lab.signIn(Lab.person(0));
                    Someone chief = lab.signIn(Lab.ADMINISTRATOR);
                    Connection connection = lab.connect()) {
                Asking.grant(chief, "chief", "sallyport");
                Asking.grant(someone, "look", Lab.target(0));
                long start = System.nanoTime();
                Bulk.people(connection, PEOPLE / scale);
                Bulk.targets(connection, TARGETS / scale);
                Bulk.groups(connection, GROUPS / scale);
                Bulk.events(connection, EVENTS / scale, PEOPLE / scale, TARGETS / scale);
                report.text("Loaded in " + (System.nanoTime() - start) / 1_000_000_000 + " s.");
                report.text("");
            }
            List<String> pages;
            try (Someone chief = lab.signIn(Lab.ADMINISTRATOR);
                    Connection connection = lab.connect()) {
                pages = Scene.furnish(lab, chief, connection, Lab.person(0)).pages("look", Lab.target(0));
            }
            report.columns("what | calls | p50 ms | p95 ms | p99 ms");
            signIns(lab, Lab.MANY_GROUPS, calls / 5, report);
            signIns(lab, Lab.person(0), calls / 5, report);
            lists(lab, calls, report);
            pages(lab, pages, calls, report);
            report.text("Peak of the heap: " + Long.parseLong(lab.order("heap")) / (1 << 20) + " MB of 512 MB.");
        }
    }

    private static void signIns(Lab lab, String name, int calls, Report report) throws IOException {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            try (Someone someone = lab.stranger()) {
                long start = System.nanoTime();
                someone.signIn(name);
                nanos[i] = System.nanoTime() - start;
            }
        }
        show(
                "sign-in (five calls) of "
                        + (name.equals(Lab.MANY_GROUPS) ? "one in all the groups" : "one in one group"),
                nanos,
                report);
    }

    private static void lists(Lab lab, int calls, Report report) throws IOException {
        Instant day = Instant.now().minus(Duration.ofDays(3));
        try (Someone chief = lab.signIn(Lab.ADMINISTRATOR)) {
            for (String path : List.of(
                    "/targets",
                    "/targets?q=run-4",
                    "/targets?q=4999",
                    "/targets?q=nowhere",
                    "/people",
                    "/people?q=bulk-9",
                    "/people?q=nobody",
                    "/groups?q=team-7",
                    "/audit/events",
                    "/audit/events?actor=bulk-50",
                    "/audit/events?actor=nobody",
                    "/audit/events?activity=lease",
                    "/audit/events?activity=lease.refused",
                    "/audit/events?outcome=refused",
                    "/audit/events?outcome=failure",
                    "/audit/events?target=run-77",
                    "/audit/events?target=run-77&outcome=refused",
                    "/audit/events?until=" + day,
                    "/audit/events?since=" + day + "&target=run-78",
                    "/requests?view=all",
                    "/grants?view=all")) {
                list(chief, "GET " + path.replaceAll("=2[0-9]{3}-[^&]*", "=…"), path, calls, report);
            }
        }
        try (Someone dev = lab.signIn(Lab.person(0));
                Someone joiner = lab.signIn(Lab.MANY_GROUPS)) {
            for (String path : List.of("/eligible", "/eligible?target=run-4999", "/requests", "/grants")) {
                list(dev, "GET " + path, path, calls, report);
            }
            list(joiner, "GET /eligible, by one in all the groups", "/eligible", calls, report);
        }
    }

    /** The portal over the same data: by somebody who sees everything, and by somebody who asks. */
    private static void pages(Lab lab, List<String> more, int calls, Report report) throws IOException {
        try (Someone chief = lab.signIn(Lab.ADMINISTRATOR)) {
            for (String path : List.of(
                    "/",
                    "/requests?view=all",
                    "/decide",
                    "/grants",
                    "/sessions",
                    "/dashboard",
                    "/dashboard/executive",
                    "/dashboard/debug",
                    "/audit",
                    "/audit?actor=bulk-50",
                    "/audit?activity=lease.refused",
                    "/findings",
                    "/reviews",
                    "/incidents",
                    "/policy",
                    "/targets",
                    "/targets?q=run-4",
                    "/targets/" + Lab.target(0),
                    "/roles",
                    "/people",
                    "/people?q=bulk-9",
                    "/people/" + Lab.person(0),
                    "/groups",
                    "/eligibilities",
                    "/settings",
                    "/me",
                    "/help/how-to/portal")) {
                page(chief, path, calls, report);
            }
            for (String path : more) {
                page(chief, path, calls, report);
            }
        }
        try (Someone dev = lab.signIn(Lab.person(0))) {
            for (String path : List.of("/", "/ask", "/ask?q=run-4", "/requests", "/grants")) {
                page(dev, path, calls, report);
            }
        }
    }

    private static void page(Someone who, String path, int calls, Report report) throws IOException {
        measure("page " + path.replaceAll("_[0-9a-z]{26}", "_…"), () -> who.page(path), calls, report);
    }

    private static void list(Someone who, String what, String path, int calls, Report report) throws IOException {
        measure(what, () -> who.prepare("GET", path, ""), calls, report);
    }

    private static void measure(String what, Supplier<Someone.Prepared> call, int calls, Report report)
            throws IOException {
        call.get().timed(200);
        long[] nanos = new long[calls];
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        int made = 0;
        while (made < calls && (made < 3 || System.nanoTime() < end)) {
            nanos[made++] = call.get().timed(200);
        }
        show(what, java.util.Arrays.copyOf(nanos, made), report);
    }

    private static void show(String what, long[] nanos, Report report) {
        var figures = new Figures(nanos, 1, new Cpu(0, 0));
        report.row(what + " | " + figures.count() + " | " + Figures.number(figures.percentile(0.50)) + " | "
                + Figures.number(figures.percentile(0.95)) + " | " + Figures.number(figures.percentile(0.99)));
    }
}
