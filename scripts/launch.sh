# shellcheck shell=bash
# What the launcher of a source tree and the launcher of a release share: messages, the search for a JDK and the start
# of a face. Sourced; it starts no process before the last line, because every command line pays for it.

refuse() { # CODE SENTENCE [HINT...]
    printf '! %s: %s\n' "$1" "$2" >&2
    shift 2
    (($#)) && printf 'hint: %s\n' "$@" >&2
    exit 1
}

say() { printf '%s\n' "$*" >&2; }

# Sets java_release to the feature version of the JDK in a folder; fails where there is none.
read_java_release() { # FOLDER PROGRAM
    local line
    [[ -x $1/bin/$2 && -r $1/release ]] || return 1
    while IFS= read -r line; do
        if [[ $line =~ ^JAVA_VERSION=\"?([0-9]+) ]]; then
            java_release=${BASH_REMATCH[1]}
            return 0
        fi
    done <"$1/release"
    return 1
}

# Sets jdk. The program (javac to build, java to run) must be there. A folder somebody named wins; then a 25 in the
# usual places, because that is what the project is built with; then anything newer.
find_jdk() { # PROGRAM
    local program=$1 folder newer=
    jdk=
    if [[ ${SALLYPORT_JAVA_HOME:-} ]]; then
        if ! read_java_release "$SALLYPORT_JAVA_HOME" "$program" || ((java_release < 25)); then
            refuse launcher.no-jdk \
                "SALLYPORT_JAVA_HOME: $SALLYPORT_JAVA_HOME is no JDK 25 (expected: bin/$program and a release file with JAVA_VERSION 25 or newer)" \
                'point it at a JDK 25, or unset it to let the launcher search'
        fi
        jdk=$SALLYPORT_JAVA_HOME
        return
    fi
    if [[ ${JAVA_HOME:-} ]] && read_java_release "$JAVA_HOME" "$program" && ((java_release >= 25)); then
        jdk=$JAVA_HOME
        return
    fi
    for folder in /usr/lib/jvm/* /usr/java/* /opt/* /opt/*/* /usr/local/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
        "${HOME:-/nonexistent}"/.asdf/installs/java/* "${HOME:-/nonexistent}"/.local/share/mise/installs/java/*; do
        read_java_release "$folder" "$program" || continue
        if ((java_release == 25)); then
            jdk=$folder
            return
        fi
        ((java_release > 25)) && newer=${newer:-$folder}
    done
    if [[ ! $newer ]] && folder=$(command -v "$program"); then
        folder=$(readlink -f "$folder")
        folder=${folder%/bin/*}
        read_java_release "$folder" "$program" && ((java_release >= 25)) && newer=$folder
    fi
    jdk=$newer
    [[ $jdk ]] || refuse_for_want_of_jdk
}

refuse_for_want_of_jdk() {
    local package hint='install Eclipse Temurin 25 as https://adoptium.net/installation/linux/ says (Debian: package temurin-25-jdk)'
    for package in temurin-25-jdk openjdk-25-jdk-headless; do
        if [[ $(apt-cache policy "$package" 2>/dev/null) == *Candidate:\ [0-9]* ]]; then
            hint="apt-get install -y $package"
            ((EUID)) && hint="sudo $hint"
            break
        fi
    done
    refuse launcher.no-jdk \
        'no JDK 25 or newer in JAVA_HOME, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks or on the PATH' \
        "$hint" 'or unpack any JDK 25 and say where: export SALLYPORT_JAVA_HOME=/path/to/jdk-25'
}

# Sets face and main_class for the first word of a command line. A face has a class path and an AOT cache of its own.
choose_face() { # WORD
    case $1 in
        gateway) face=gateway main_class=dev.sallyport.gateway.GatewayMain ;;
        demo | server | agent) face=server main_class=dev.sallyport.server.Sallyport ;;
        bench) face=bench main_class=dev.sallyport.bench.Bench ;;
        *) face=cli main_class=dev.sallyport.cli.Main ;;
    esac
}

# Sets java_command for the chosen face: everything up to the main class. Cache training uses the same words, since a
# cache serves only the flags and the class path it was made with.
compose_java_command() { # LIB HOME
    local names
    names=$(<"$1/$face.classpath")
    java_command=("$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
        -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 "-Dsallyport.home=$2")
    if [[ $face == cli ]]; then
        java_command+=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
    elif (($(nproc) >= 4)); then
        java_command+=(-XX:+UseG1GC)
    else
        java_command+=(-XX:+UseSerialGC)
    fi
    java_command+=(-cp "$1/${names//$'\n'/:$1/}")
}

# Becomes the face. A cache that does not fit (another JDK, other flags) is passed over by the JVM without a word.
exec_face() { # LIB HOME CACHE ARGUMENT...
    local lib=$1 home=$2 cache=$3 extra=()
    shift 3
    compose_java_command "$lib" "$home"
    if [[ -f $cache ]]; then
        extra+=("-XX:AOTCache=$cache" -Xlog:aot=off -Xlog:cds=off)
    else
        extra+=(-Xshare:auto)
    fi
    if [[ ${SALLYPORT_JAVA_OPTS:-} ]]; then
        read -ra java_options <<<"$SALLYPORT_JAVA_OPTS"
        extra+=("${java_options[@]}")
    fi
    exec "${java_command[0]}" "${extra[@]}" "${java_command[@]:1}" "$main_class" "$@"
}

# Sets cache_key to what the cache of the chosen face depends on: the JDK, the flags, the names of the jars.
compose_cache_key() { # LIB HOME
    compose_java_command "$1" "$2"
    cache_key="${java_command[*]}"$'\n'$(<"$jdk/release")
}

cache_is_current() { # CACHE
    [[ -f $1 && -r $1.for && $(<"$1.for") == "$cache_key" ]]
}

# Makes the cache of the chosen face from one training run, or none: a cache only saves time. One run at a time.
train_cache() { # LIB HOME CACHE LOG ARGUMENT...
    local lib=$1 home=$2 cache=$3 log=$4 training status=1
    shift 4
    compose_cache_key "$lib" "$home"
    exec {training}>>"$cache.lock" || return 1
    flock "$training"
    if cache_is_current "$cache"; then # made while this one waited
        exec {training}>&-
        return 0
    fi
    rm -f "$cache.new" "$cache.new.config"
    if SALLYPORT_TRAIN=$face timeout --foreground -k 120 "${train_limit:-180}" "${java_command[0]}" \
        "-XX:AOTCacheOutput=$cache.new" "-Djava.io.tmpdir=${train_scratch:-${TMPDIR:-/tmp}}" "${java_command[@]:1}" "$main_class" "$@" </dev/null >>"$log" 2>&1 &&
        [[ -s $cache.new ]]; then
        rm -f "$cache.for"
        mv -f "$cache.new" "$cache" && printf '%s\n' "$cache_key" >"$cache.for" && status=0
    else
        printf 'no AOT cache for %s: training with "%s" failed\n' "$face" "$*" >>"$log"
    fi
    rm -f "$cache.new" "$cache.new.config"
    exec {training}>&-
    return "$status"
}

# Trains the chosen face by its hidden word train; the command line without one, by its help.
train_face() { # LIB HOME CACHE LOG
    train_cache "$@" train || { [[ $face == cli ]] && train_cache "$@" --help; }
}

# Has the caches that are missing made by a process of its own, for as long as the process OWNER lives: DELAY seconds
# from now and once that has little to do, so that its start is not slowed, and at the lowest priority.
train_beside() { # OWNER DELAY LIB HOME CACHE-FOLDER LOG
    [[ ${SALLYPORT_NO_TRAIN:-} ]] && return
    choose_face server
    compose_cache_key "$3" "$4"
    cache_is_current "$5/server.aot" && return
    [[ -r $5/server.aot.failed && $(<"$5/server.aot.failed") == "$cache_key" ]] && return
    setsid -f nice -n 19 bash "${BASH_SOURCE[0]%/*}/train.sh" "$jdk" "$@" </dev/null >/dev/null 2>&1
}
