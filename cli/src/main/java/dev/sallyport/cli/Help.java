package dev.sallyport.cli;

import dev.sallyport.cli.shell.Shell;

/** The overview of all verbs, written without building any of them. */
final class Help {
    private Help() {}

    static void print(Shell shell) {
        var out = shell.out();
        out.println("Usage: sallyport [-o table|json|yaml|wide] [--server URL] VERB …");
        out.println("Privileged access that is asked for, decided, used, recorded and ended.");
        for (Verbs group : Verbs.ALL) {
            out.println();
            out.println(group.heading() + ":");
            group.verbs().forEach(verb -> out.println("  %-14s %s".formatted(verb.name(), verb.summary())));
        }
        out.println();
        out.println("Example:");
        out.println("  sallyport login --server https://pam.example.org");
        out.println("  sallyport request ops web-1 --for 1h --reason \"deploy 4.2\" --wait && sallyport ssh web-1");
        out.println();
        out.println(
                "sallyport VERB --help explains a verb. Exit codes: 0 done, 1 refused or failed here, 2 refused by");
        out.println("the server, 3 waiting for a decision, 64 wrong usage.");
    }

    static String version() {
        String version = Help.class.getPackage().getImplementationVersion();
        return version == null ? "(built from source)" : version;
    }

    /** A guess at what was meant. */
    static String nearest(String name) {
        return Verbs.ALL.stream()
                .flatMap(group -> group.verbs().stream())
                .map(Verbs.Verb::name)
                .filter(verb -> distance(verb, name) <= 2)
                .findFirst()
                .map(verb -> "did you mean " + verb + "?")
                .orElse("see the overview");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substituted, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
