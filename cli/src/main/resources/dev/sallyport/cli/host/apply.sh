# Carries the plan out; whatever goes wrong, everything is put back and sshd is told again if it had been told.
declare -A saved=()
order=()
made=()
begun=
had_before=
reloaded=
service=
done=
work=$(mktemp -d "$etc/.sallyport-work.XXXXXX") || exit 1
trap 'fail "interrupted"' HUP INT TERM
trap '[ -n "$done" ] || fail "ended early"' EXIT

say() { printf '%s\n' "$*"; }

fail() { # WHY
  trap '' HUP INT TERM
  trap - EXIT
  printf '%s\n' "$*" >&2
  rollback
  exit 1
}

begin() {
  if [ -d "$before" ]; then
    had_before=yes
    cp -a "$before" "$work/before" || fail "$before cannot be copied"
    begun=yes
  else
    begun=yes
    mkdir -m 0700 "$before" && : >"$before/absent" && : >"$before/folders" || fail "$before cannot be made"
  fi
}

save() { # PATH: what rollback puts back
  [ -z "${saved[$1]:-}" ] || return 0
  saved[$1]=yes
  order+=("$1")
  [ ! -e "$1" ] || { mkdir -p "$work/saved${1%/*}" && cp -a -- "$1" "$work/saved$1"; } || fail "$1 cannot be copied"
}

remember() { # PATH: what undo puts back
  grep -qxF -- "$1" "$before/absent" && return 0
  [ ! -e "$before/files$1" ] || return 0
  if [ -e "$1" ]; then
    mkdir -p "$before/files${1%/*}" && cp -a -- "$1" "$before/files$1" || fail "$1 cannot be backed up"
  else
    printf '%s\n' "$1" >>"$before/absent" || fail "$before cannot be written"
  fi
}

folder() { # PATH
  [ ! -d "$1" ] || return 0
  mkdir "$1" && chmod 0755 "$1" || fail "$1 cannot be made"
  made+=("$1")
  printf '%s\n' "$1" >>"$before/folders"
}

put() { # MODE PATH BASE64
  save "$2"
  remember "$2"
  printf '%s' "$3" | base64 -d >"$work/new" && chmod "$1" "$work/new" && mv -f "$work/new" "$2" ||
    fail "$2 cannot be written"
  say "written: $2"
}

drop() { # PATH
  save "$1"
  remember "$1"
  rm -f -- "$1" || fail "$1 cannot be deleted"
  say "deleted: $1"
}

back() { # PATH: as it was before enrolment
  save "$1"
  if [ -e "$before/files$1" ]; then
    cp -a -- "$before/files$1" "$work/new" && mv -f "$work/new" "$1" || fail "$1 cannot be restored"
    say "restored: $1"
  elif [ -e "$1" ]; then
    rm -f -- "$1" || fail "$1 cannot be deleted"
    say "deleted: $1"
  fi
}

# The first revocation list and the host certificate, before sshd is told of either.
first_list() {
  local path
  for path in "${runtime[@]}"; do save "$path"; remember "$path"; done
  bash "$folder/sallyport-host" "$folder" once || fail "the revocation list or the host certificate cannot be fetched"
  [ -s "$folder/revoked.krl" ] || fail "there is no revocation list; sshd would refuse everybody"
  say "fetched: $folder/revoked.krl, version $(cat "$folder/revoked.version")"
}

check() {
  ready_sshd
  "$(command -v sshd)" -t -f "$config" || fail "sshd -t refuses the configuration"
}

# Another file may have set the option first, and sshd takes the first value: ask sshd what it will do.
effective() { # KEY VALUE
  settings 2>/dev/null | grep -i "^$1 " | grep -qF -- "$2" ||
    fail "sshd would not use $2: $1 is set before $dropin is read ($(settings 2>/dev/null | grep -i "^$1 " | head -n 1))"
}

reload() { # COMMAND
  reloaded=$1
  eval "$1" || fail "sshd was not reloaded: $1"
  say "reloaded: sshd"
}

start_service() {
  service=$(systemctl is-active --quiet sallyport-host && echo restart || echo stop)
  systemctl daemon-reload && systemctl enable --quiet sallyport-host && systemctl restart sallyport-host ||
    fail "sallyport-host.service does not start"
  say "started: sallyport-host.service"
}

stop_service() {
  systemctl is-active --quiet sallyport-host && service=restart
  systemctl disable --quiet --now sallyport-host || fail "sallyport-host.service cannot be stopped"
  say "stopped: sallyport-host.service"
}

label() { ! command -v restorecon >/dev/null || [ -n "$root" ] || restorecon -R "$folder" "$dropin" 2>/dev/null || :; }

finish() {
  done=yes
  rm -rf "$work"
}

finish_undo() {
  local path
  rm -rf "$folder"/.new.*
  tac "$before/folders" | while read -r path; do
    [ ! -d "$path" ] || rmdir "$path" 2>/dev/null || say "left, for it is not empty: $path"
  done
  done=yes
  rm -rf "$before" "$work"
}

rollback() {
  local i path failed=
  [ "$service" != stop ] || systemctl disable --quiet --now sallyport-host
  for ((i = ${#order[@]} - 1; i >= 0; i--)); do
    path=${order[i]}
    if [ -e "$work/saved$path" ]; then
      mv -f "$work/saved$path" "$path" || failed=yes
    else
      rm -f -- "$path" || failed=yes
    fi
  done
  rm -rf "$folder"/.new.*
  for ((i = ${#made[@]} - 1; i >= 0; i--)); do rmdir "${made[i]}" || failed=yes; done
  [ -z "$begun" ] || rm -rf "$before"
  [ -z "$had_before" ] || mv "$work/before" "$before" || failed=yes
  [ -z "$reloaded" ] || eval "$reloaded" || failed=yes
  [ -z "$service" ] || systemctl daemon-reload || failed=yes
  [ "$service" != restart ] || systemctl enable --quiet --now sallyport-host || failed=yes
  if [ -z "$failed" ]; then
    rm -rf "$work"
    printf 'put back: everything is as it was\n' >&2
  else
    printf 'NOT everything could be put back; copies lie in %s\n' "$work" >&2
  fi
}
