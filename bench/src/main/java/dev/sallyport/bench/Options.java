package dev.sallyport.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What to run and how much of it.
 *
 * @param names of benchmarks, all of them if empty
 * @param warmUp how long there is load before anything is measured, for the just-in-time compiler
 * @param rounds how often things that are compared take turns
 * @param scale what the sizes are divided by: 1 measures, more only tries
 * @param large whether {@code paths} moves a gibibyte as well
 */
record Options(
        List<String> names,
        boolean fsync,
        List<Integer> clients,
        Duration time,
        Duration warmUp,
        int rounds,
        int scale,
        boolean large) {
    Options {
        names = List.copyOf(names);
        clients = List.copyOf(clients);
    }

    static final String USAGE =
            "[NAME…] [--no-fsync] [--clients 1,8,32] [--seconds 5] [--warm-up 10] [--rounds 3] [--scale 1] [--large]";

    static Options parse(String[] arguments) {
        var names = new ArrayList<String>();
        boolean fsync = true;
        List<Integer> clients = List.of(1, 8, 32);
        int seconds = 5;
        int warmUp = 10;
        int rounds = 3;
        int scale = 1;
        boolean large = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--no-fsync" -> fsync = false;
                case "--large" -> large = true;
                case "--clients" -> {
                    i++;
                    clients = Stream.of(value(arguments, i).split(",", -1))
                            .map(each -> number("--clients", each, Lab.PEOPLE))
                            .toList();
                }
                case "--seconds" -> {
                    i++;
                    seconds = number("--seconds", value(arguments, i), 100);
                }
                case "--warm-up" -> {
                    i++;
                    warmUp = number("--warm-up", value(arguments, i), 300);
                }
                case "--rounds" -> {
                    i++;
                    rounds = number("--rounds", value(arguments, i), 20);
                }
                case "--scale" -> {
                    i++;
                    scale = number("--scale", value(arguments, i), 1000);
                }
                default -> {
                    if (!Bench.BENCHMARKS.containsKey(arguments[i])) {
                        throw new IllegalArgumentException(arguments[i] + " (expected: " + USAGE + ", names: "
                                + String.join(", ", Bench.BENCHMARKS.keySet()) + ")");
                    }
                    names.add(arguments[i]);
                }
            }
        }
        return new Options(
                names, fsync, clients, Duration.ofSeconds(seconds), Duration.ofSeconds(warmUp), rounds, scale, large);
    }

    private static String value(String[] arguments, int place) {
        if (place >= arguments.length) {
            throw new IllegalArgumentException(arguments[place - 1] + ": no value (expected: " + USAGE + ")");
        }
        return arguments[place];
    }

    private static int number(String option, String text, int most) {
        if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: 1 to " + most + ")");
        }
        return Integer.parseInt(text);
    }
}
