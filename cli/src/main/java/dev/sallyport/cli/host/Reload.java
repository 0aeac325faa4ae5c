package dev.sallyport.cli.host;

import org.jspecify.annotations.Nullable;

/** How sshd is told to read its configuration again. */
final class Reload {
    private Reload() {}

    /** Null where no sshd of this tree runs, or nobody knows how to tell it. */
    static @Nullable String command(Seen seen) {
        String unit = seen.one("sshd-unit");
        if (unit != null) {
            // where a socket starts sshd, the service may not run now, and there is nobody to tell
            return "systemctl try-reload-or-restart " + unit;
        }
        String pid = seen.one("sshd-pid");
        return pid == null ? null : "kill -HUP \"$(cat " + pid + ")\"";
    }
}
