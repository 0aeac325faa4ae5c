package dev.sallyport.consulting;

import dev.sallyport.base.Text;

/** An attempt without an answer that counts. The message is for operators: it holds no secret and nothing that was answered. */
public final class Unanswered extends Exception {
    private static final long serialVersionUID = 1;

    /** The most characters of a message. */
    private static final int LONGEST = 300;

    public Unanswered(String message) {
        super(cut(Text.printable(message)), null, false, false);
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    private static String cut(String message) {
        return message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    }
}
