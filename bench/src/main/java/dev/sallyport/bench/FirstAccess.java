package dev.sallyport.bench;

import dev.sallyport.formats.ssh.SshKeys;
import java.io.IOException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** From the request of a role that is granted at once to the first certificate: two calls, each time for another target. */
final class FirstAccess {
    private static final int TARGETS = 50_000;

    private FirstAccess() {}

    static void run(Options options, Report report) throws Exception {
        report.columns(Report.LOAD_COLUMNS);
        try (Lab lab = Lab.open(options.fsync(), java.util.List.of())) {
            try (Connection connection = lab.connect()) {
                Bulk.targets(connection, TARGETS / options.scale());
            }
            var next = new AtomicInteger();
            load(lab, 4, options, next);
            for (int clients : options.clients()) {
                var rounds = new ArrayList<Figures>();
                for (int round = 0; round < options.rounds(); round++) {
                    rounds.add(load(lab, clients, options, next));
                }
                report.row("request and certificate, " + clients + " clients", Figures.together(rounds));
            }
        }
    }

    private static Figures load(Lab lab, int clients, Options options, AtomicInteger next) {
        String key = SshKeys.generateEd25519(null).publicKey().line();
        int targets = TARGETS / options.scale();
        return Load.run(clients, options.time(), lab::cpu, client -> {
            try {
                Someone someone = lab.signIn(Lab.person(client));
                return () -> {
                    String target = Bulk.target(1 + next.getAndIncrement() % targets);
                    var ask = someone.prepare("POST", "/requests", Asking.request("look", target));
                    var certify = someone.prepare("POST", "/credentials/ssh", Asking.certificate(target, key));
                    return ask.timed(201) + certify.timed(201);
                };
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
