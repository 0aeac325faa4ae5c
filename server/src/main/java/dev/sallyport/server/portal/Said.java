package dev.sallyport.server.portal;

import java.util.Arrays;
import java.util.Locale;

/** What a page says after something was done: a word in its address, so that nobody can make it say anything else. */
enum Said {
    FAVOURITE("It is a favourite: your own page has it at hand."),
    NO_FAVOURITE("It is a favourite no longer."),
    ASKED("You have asked. You will hear here, and by mail if it is set up, when it is decided."),
    REFUSED("The rules do not allow this. Below is why, and what would help."),
    GRANTED("Granted: it holds from now on."),
    APPROVED("Approved."),
    DENIED("Denied."),
    WITHDRAWN("Withdrawn."),
    EXTENDED("You have asked for more time."),
    RETURNED("Given back. Thank you for not keeping what you no longer need."),
    REVOKED("Revoked: it ends now, open sessions included."),
    ENDED("Ended."),
    SENT("Sent."),
    DELIVERED("Delivered: look whether it arrived."),
    SECRET_SET("The secret is set."),
    PAUSED("Paused: nothing goes through until it is resumed."),
    RESUMED("It goes on."),
    CLOSED("Closed."),
    OPENED("Opened."),
    CHANGED("Changed."),
    DELETED("Deleted."),
    QUARANTINED("Quarantined: sessions are cut, access has ended, nothing new is granted."),
    RELEASED("The quarantine is lifted."),
    ENFORCED("Enforced: it decides from now on, and what runs is judged again."),
    SIGNED_OUT("Signed out there."),
    SIGNED_OUT_ELSEWHERE("Signed out everywhere else."),
    MAY_ENROL("The code is right. Set up an authenticator app or add a passkey now, within 15 minutes."),
    FACTOR_REMOVED("Your authenticator app is removed."),
    PASSKEY_REGISTERED("Your passkey is registered: it signs you in from now on."),
    PASSKEY_REMOVED("Removed: that passkey signs you in no more. Delete it on the device as well."),
    FACTOR_RESET("Taken away: they sign in without it and can enrol another."),
    ROTATED("Noted: what could be read there has been changed."),
    HANDED_OVER("Handed over.");

    private final String sentence;

    Said(String sentence) {
        this.sentence = sentence;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The sentence of a word; nothing for any other. */
    static String sentence(String word) {
        return Arrays.stream(values())
                .filter(said -> said.word().equals(word))
                .map(said -> said.sentence)
                .findFirst()
                .orElse("");
    }
}
