package dev.sallyport.risk;

/**
 * How many points each feature brings; 0 switches one off.
 *
 * @param hour asked at an hour of the day at which hardly anything was granted to the person
 * @param address asked from a network from which nothing was granted to the person
 * @param role a role the person has not been granted
 * @param target a target on which the person has been granted nothing
 * @param frequency far more requests in a day than usual for the person
 * @param duration far longer than what was granted to the person
 * @param peers nobody who shares a group with the person holds this, or has held it
 * @param denied for each time the person was denied something lately, up to twice as many
 * @param breakGlass it is an emergency
 */
public record RiskWeights(
        int hour,
        int address,
        int role,
        int target,
        int frequency,
        int duration,
        int peers,
        int denied,
        int breakGlass) {
    public static final RiskWeights DEFAULT = new RiskWeights(15, 20, 10, 10, 15, 10, 15, 10, 30);

    private static final int MOST = 100;

    public RiskWeights {
        check("hour", hour);
        check("address", address);
        check("role", role);
        check("target", target);
        check("frequency", frequency);
        check("duration", duration);
        check("peers", peers);
        check("denied", denied);
        check("break_glass", breakGlass);
    }

    private static void check(String name, int points) {
        if (points < 0 || points > MOST) {
            throw new IllegalArgumentException(
                    "risk.weights." + name + ": " + points + " (expected: 0 to " + MOST + ")");
        }
    }
}
