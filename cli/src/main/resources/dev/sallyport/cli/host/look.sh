# Says what is there, a line each. Secrets stay: of the token only a digest is shown.
content() { local text; text=$(base64 -w0 <"$1") && printf '%s' "${text:--}"; }

describe() { # PATH
  if [ -L "$1" ]; then printf 'other %s\n' "$1"
  elif [ -f "$1" ] && [ "$1" = "$folder/authorization" ]; then printf 'secret %s %s\n' "$(stat -c %a "$1")" "$1"
  elif [ -f "$1" ]; then printf 'file %s %s %s\n' "$(stat -c %a "$1")" "$(content "$1")" "$1"
  elif [ -e "$1" ]; then printf 'other %s\n' "$1"
  else printf 'none %s\n' "$1"
  fi
}

look() { # PATH...
  local tool path line list
  for tool in bash curl awk sed grep ssh-keygen sshd base64 sha256sum stat mktemp date; do
    command -v "$tool" >/dev/null || printf 'missing %s\n' "$tool"
  done
  printf 'user %s\n' "$(id -u)"
  printf 'user-name %s\n' "$(id -un)"
  [ -f "$config" ] || { printf 'no-config %s\n' "$config"; return; }
  for path in "$@" "$dropin" "$unit" "$folder"/authorized/*; do
    case $path in *'/*') ;; *) describe "$path" ;; esac
  done
  [ -f "$folder/authorization" ] &&
    printf 'token %s\n' "$(sed -n 's/^Authorization: Bearer //p' "$folder/authorization" | tr -d '\n' | sha256sum | cut -d' ' -f1)"
  for path in "${runtime[@]}"; do [ -s "$path" ] && printf 'made %s\n' "$path"; done
  printf 'include %s\n' "$(awk -v etc="$etc" '
    tolower($1) == "match" { exit }
    tolower($1) == "include" { for (i = 2; i <= NF; i++) {
      if ($i == etc "/sshd_config.d/*.conf" || etc == "/etc/ssh" && $i == "sshd_config.d/*.conf") { print "yes"; exit } } }
    ' "$config")"
  if list=$(settings 2>&1); then
    while read -r line; do
      case $line in
        'authorizedkeysfile '* | 'revokedkeys '* | 'hostkey '* | 'hostcertificate '* | \
          'trustedusercakeys '* | 'authorizedprincipalsfile '* | 'authorizedprincipalscommand '*) printf 'sshd %s\n' "$line" ;;
      esac
      case $line in 'hostkey '*) [ -r "${line#hostkey }.pub" ] && printf 'host-key %s\n' "${line#hostkey }.pub" ;; esac
    done <<<"$list"
  else
    printf 'sshd-error %s\n' "$(head -c 600 <<<"$list" | tr '\n' ' ')"
  fi
  if has_systemd; then
    printf 'systemd yes\n'
    for path in ssh.service sshd.service; do
      systemctl cat "$path" >/dev/null 2>&1 && { printf 'sshd-unit %s\n' "$path"; break; }
    done
    systemctl is-active --quiet sallyport-host && systemctl is-enabled --quiet sallyport-host && printf 'service running\n'
  elif [ -z "$root" ] && [ -s /run/sshd.pid ]; then
    printf 'sshd-pid /run/sshd.pid\n'
  fi
  [ -d "$before" ] && printf 'enrolled yes\n'
  [ -f "$before/absent" ] && sed 's/^/was-absent /' "$before/absent"
  [ -d "$before/files" ] && find "$before/files" -type f | while read -r path; do
    printf 'was %s %s %s\n' "$(stat -c %a "$path")" "$(content "$path")" "${path#"$before/files"}"
  done
  printf 'end\n'
}
