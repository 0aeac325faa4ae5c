package dev.sallyport.testkit;

import dev.sallyport.base.CrashPoint;

/** A program that passes the same point three times. */
final class Victim {
    private Victim() {}

    static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
        for (int step = 1; step <= 3; step++) {
            System.out.println("step " + step);
            CrashPoint.reached("victim.step");
        }
        System.out.println("done " + String.join(",", args));
    }
}
