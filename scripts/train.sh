#!/usr/bin/env bash
# Makes the AOT caches that are missing while the process OWNER lives, and leaves nothing half done when that ends first.
# Started by train_beside.
set -uo pipefail

# shellcheck source=scripts/launch.sh
source "${BASH_SOURCE[0]%/*}/launch.sh"

jdk=$1 owner=$2 delay=$3 lib=$4 home=$5 folder=$6 log=$7
train_limit=900
training=

train_scratch=

owner_lives() { [[ -d /proc/$owner ]]; }

# Sets ticks to the CPU time that the owner has used, in hundredths of a second.
read_ticks() {
    local stat fields
    read -r stat <"/proc/$owner/stat" || return 1
    read -ra fields <<<"${stat##*) }"
    ticks=$((fields[11] + fields[12]))
} 2>/dev/null

# Returns when the owner has used less than a quarter of a core for five seconds; fails when it ends before.
await_quiet() {
    local before tenths
    while read_ticks; do
        before=$ticks
        for ((tenths = 50; tenths > 0; tenths--)); do
            owner_lives || return 1
            sleep 0.1
        done
        read_ticks || return 1
        ((ticks - before < 125)) && return 0
    done
    return 1
}

# A training that is told to end stops its database and then removes its folder; only what it would write after that is
# cut off. It looks whether it is to end after it has made that folder.
stop_training() {
    local tenths
    [[ $training ]] || return 0
    kill -TERM -- "-$training" 2>/dev/null
    for ((tenths = 1200; tenths > 0; tenths--)); do
        kill -0 -- "-$training" 2>/dev/null || return 0
        sleep 0.1
        ((tenths < 1190)) && [[ ! $(ls -A "$train_scratch") ]] && break
    done
    kill -KILL -- "-$training" 2>/dev/null
}

# Whatever became of the training: no database stays whose folder is about to go.
remove_scratch() {
    local file pid tenths signal
    for file in "$train_scratch"/*/postgres/data/postmaster.pid; do
        { read -r pid <"$file"; } 2>/dev/null || continue
        [[ $(readlink "/proc/$pid/cwd") == "$(readlink -f "$train_scratch")"/* ]] || continue
        for signal in INT QUIT; do
            kill -s "$signal" "$pid" 2>/dev/null
            for ((tenths = 150; tenths > 0; tenths--)); do
                kill -0 "$pid" 2>/dev/null || break 2
                sleep 0.1
            done
        done
    done
    rm -rf "$train_scratch"
}

train_missing() {
    local word
    for word in server help; do
        choose_face "$word"
        [[ -f $lib/$face.classpath ]] || continue
        compose_cache_key "$lib" "$home"
        cache_is_current "$folder/$face.aot" && continue
        train_face "$lib" "$home" "$folder/$face.aot" "$log" && continue
        [[ $face == server ]] && printf '%s\n' "$cache_key" >"$folder/server.aot.failed"
    done
}

for ((halves = 2 * delay; halves > 0; halves--)); do
    owner_lives || exit 0
    sleep 0.5
done
((delay == 0)) || await_quiet || exit 0

mkdir -p "$folder" && exec {alone}>>"$folder/train.lock" && flock -n "$alone" || exit 0
train_scratch=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-train.XXXXXX") || exit 1
trap 'stop_training; remove_scratch; rm -f "$folder"/*.aot.new "$folder"/*.aot.new.config' EXIT
trap 'exit 143' TERM INT HUP

set -m
train_missing &
training=$!
set +m
while owner_lives && kill -0 "$training" 2>/dev/null; do
    sleep 0.5
done
owner_lives && training=
exit 0
