package dev.sallyport.cli.host;

/**
 * Where things lie on a host.
 *
 * @param root empty, or the folder that everything lies below instead of {@code /}; then the paths in files lead into it
 */
record Layout(String root) {
    String folder() {
        return root + "/etc/ssh/sallyport";
    }

    String file(String name) {
        return folder() + "/" + name;
    }

    String authorized(String login) {
        return folder() + "/authorized/" + login;
    }

    /** As {@code AuthorizedKeysFile} wants it. */
    String authorizedPattern() {
        return folder() + "/authorized/%u";
    }

    String dropIn() {
        return root + "/etc/ssh/sshd_config.d/50-sallyport.conf";
    }

    /** What sshd asks about certificates of break-glass kits; bash runs it, whatever the folder's owner and mode. */
    String principalsCommand(String target) {
        return "/bin/bash " + file("sallyport-principals") + " " + folder() + " " + target + " %u %F %t %k";
    }

    String unit() {
        return root + "/etc/systemd/system/sallyport-host.service";
    }
}
