package dev.sallyport.notification;

import dev.sallyport.base.Text;

/** A letter that did not arrive. The message is for operators: it holds no secret and nothing that the other side wrote. */
public final class Undelivered extends Exception {
    private static final long serialVersionUID = 1;

    /** The most characters of a message. */
    private static final int LONGEST = 300;

    private final boolean lasting;

    private Undelivered(String message, boolean lasting) {
        super(cut(Text.printable(message)), null, false, false);
        this.lasting = lasting;
    }

    /** It may arrive if it is tried again. */
    public static Undelivered now(String message) {
        return new Undelivered(message, false);
    }

    /** It will not, unless somebody changes something. */
    public static Undelivered forGood(String message) {
        return new Undelivered(message, true);
    }

    public boolean isLasting() {
        return lasting;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    private static String cut(String message) {
        return message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    }
}
