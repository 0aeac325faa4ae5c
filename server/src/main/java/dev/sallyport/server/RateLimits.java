package dev.sallyport.server;

import dev.sallyport.identity.SignIn;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Token buckets by address and by person; what is counted here protects this node only, so it stays in memory. */
public final class RateLimits {
    /** Sign-ins a second of one address; the sign-in throttle is stricter with those that fail. */
    static final int SIGN_INS_PER_ADDRESS = 20;

    /** Guesses of device codes a minute by one person. */
    static final int DEVICE_CODES_PER_PERSON = 10;

    /** Changes of the own password a minute, tried or done: each costs a hash, and could be a guess. */
    static final int PASSWORD_CHANGES_PER_PERSON = 5;

    /** Open pages of one person that are told what happens. */
    public static final int LIVE_PAGES_PER_PERSON = 30;

    /** Open pages of one server that are. */
    public static final int LIVE_PAGES = 5_000;

    private static final int MAX_BUCKETS = 100_000;

    private final Buckets addresses;
    private final Buckets persons;
    private final Buckets signIns;
    private final Buckets deviceCodes;
    private final Buckets passwordChanges;
    private final Buckets signInQuestions;
    private final Buckets signInAnswers;

    RateLimits(ServerConfig.Limits limits, LongSupplier nanoTime) {
        this.addresses = new Buckets("requests_per_address", limits.perAddress(), Duration.ofSeconds(1), nanoTime);
        this.persons = new Buckets("requests_per_person", limits.perPerson(), Duration.ofSeconds(1), nanoTime);
        this.signIns = new Buckets("sign_ins_per_address", SIGN_INS_PER_ADDRESS, Duration.ofSeconds(1), nanoTime);
        this.deviceCodes =
                new Buckets("device_codes_per_person", DEVICE_CODES_PER_PERSON, Duration.ofMinutes(1), nanoTime);
        this.passwordChanges = new Buckets(
                "password_changes_per_person", PASSWORD_CHANGES_PER_PERSON, Duration.ofMinutes(1), nanoTime);
        this.signInQuestions = new Buckets(
                "sign_in_questions_per_person", limits.signInQuestionsPerPerson(), Duration.ofMinutes(1), nanoTime);
        this.signInAnswers = new Buckets(
                "sign_in_questions_per_person", limits.signInQuestionsPerPerson(), Duration.ofMinutes(1), nanoTime);
    }

    /** @throws dev.sallyport.base.Refusal {@code rate.limited} naming the limit */
    void address(String address) {
        addresses.take(SignIn.network(address));
    }

    public void person(String person) {
        persons.take(person);
    }

    public void signIn(String address) {
        signIns.take(SignIn.network(address));
    }

    void passwordChange(String person) {
        passwordChanges.take(person);
    }

    /** A program asks whether it may be let in, in a browser of this person. */
    public void signInQuestion(String person) {
        signInQuestions.take(person);
    }

    /** The person answers; counted by itself, as other sites can have questions asked and cannot answer them. */
    public void signInAnswer(String person) {
        signInAnswers.take(person);
    }

    public void deviceCode(String person) {
        deviceCodes.take(person);
    }

    private static final class Bucket {
        private double tokens;
        private long filledNanos;

        Bucket(double tokens, long now) {
            this.tokens = tokens;
            this.filledNanos = now;
        }

        synchronized boolean take(double perNano, double most, long now) {
            tokens = Math.min(most, tokens + (now - filledNanos) * perNano);
            filledNanos = now;
            if (tokens < 1) {
                return false;
            }
            tokens -= 1;
            return true;
        }
    }

    /** The least recently used bucket goes first when there are too many. */
    private static final class Buckets {
        private final String name;
        private final int rate;
        private final Duration time;
        private final LongSupplier nanoTime;
        private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > MAX_BUCKETS;
            }
        };

        Buckets(String name, int rate, Duration time, LongSupplier nanoTime) {
            this.name = name;
            this.rate = rate;
            this.time = time;
            this.nanoTime = nanoTime;
        }

        void take(String key) {
            long now = nanoTime.getAsLong();
            Bucket bucket;
            synchronized (buckets) {
                bucket = buckets.computeIfAbsent(key, _ -> new Bucket(2.0 * rate, now));
            }
            if (!bucket.take((double) rate / time.toNanos(), 2.0 * rate, now)) {
                throw HttpRefusal.RATE.because(
                        "too many requests (" + name + ": " + rate + " in " + time.toSeconds() + " s)",
                        "wait as long as Retry-After says");
            }
        }
    }
}
