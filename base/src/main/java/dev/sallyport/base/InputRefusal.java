package dev.sallyport.base;

/** Refusals of values that do not parse or are outside their limits; shared by everything that reads input. */
public enum InputRefusal implements Refusal.Code {
    INVALID_VALUE("input.invalid-value"),
    INVALID_DURATION("input.invalid-duration"),
    INVALID_NAME("input.invalid-name"),
    INVALID_TEXT("input.invalid-text"),
    INVALID_ID("input.invalid-id");

    private final String code;

    InputRefusal(String code) {
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return Refusal.Kind.INVALID;
    }

    @Override
    public String code() {
        return code;
    }
}
