# What enrolment runs on a host, as root, read from standard input by bash. The lines before these set root (empty, or
# the folder everything lies below), and the lines after them say what to do.
set -u
umask 077
trap '' PIPE
etc=$root/etc/ssh
folder=$etc/sallyport
before=$etc/sallyport.before
config=$etc/sshd_config
dropin=$etc/sshd_config.d/50-sallyport.conf
unit=$root/etc/systemd/system/sallyport-host.service
runtime=("$folder/revoked.krl" "$folder/revoked.version" "$folder/host-cert.pub" "$folder/keys.version" "$folder/status")
PATH=$PATH:/usr/sbin:/sbin

has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

# The folder that sshd wants to exist even when it only checks its configuration; its service makes it too.
ready_sshd() { [ "$(id -u)" != 0 ] || [ -d /run/sshd ] || mkdir -m 0755 /run/sshd; }

settings() { ready_sshd && "$(command -v sshd)" -T -f "$config"; }
