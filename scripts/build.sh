# shellcheck shell=bash
# Builds under a lock and assembles .build/lib/DIGEST: one folder of jars, a class path for each face, its AOT cache.
# Sourced by ../sallyport.
# shellcheck disable=SC2154 # root, jdk, lib and face are set by the launcher

maven_pid=
maven_group=
lock=

wrong_usage() { # WORD ARGUMENT
    printf '! usage.unknown-argument: %s: "%s" is not known here\n' "$1" "$2" >&2
    usage >&2
    exit 64
}

prepare_tools() {
    find_jdk javac
    command -v mvn >/dev/null ||
        refuse launcher.no-maven 'no mvn on the PATH (expected: Apache Maven 3.8 or newer)' \
            "$( ((EUID)) && printf 'sudo ')apt-get install -y maven"
    if [[ -f $root/web/package.json ]]; then
        local node
        node=$(node --version 2>/dev/null)
        node=${node#v}
        if [[ ! ${node%%.*} =~ ^[0-9]+$ ]] || ((${node%%.*} < 20)); then
            refuse launcher.no-node "node: ${node:-none on the PATH} (expected: Node 20 or newer, used by the build only)" \
                'install Node 20 or newer with npm (https://nodejs.org) and put it on the PATH'
        fi
    fi
    mkdir -p "$root/.build/lib" "$root/.build/log" || exit 1
    trap 'stop_maven; end_stragglers' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# One build at a time in a tree: tests, builds and releases write the same target folders.
take_lock() {
    [[ $lock ]] && return
    exec {lock}>>"$root/.build/lock"
    if ! flock -n "$lock"; then
        say 'another build or test run of this tree is going on: waiting for it'
        flock "$lock"
    fi
}

# Runs Maven on the JDK found, everything it prints going to the log, and calls SHOW for each line. It has a process
# group of its own: Ctrl-C reaches this script, which then ends the whole group, and nothing Maven starts inherits
# ignored signals. Sets maven_status.
run_maven() { # LOG SHOW ARGUMENT...
    local log=$1 show=$2 line partial='' ended=''
    shift 2
    : >"$log"
    cd "$root" || exit 1
    set -m
    JAVA_HOME=$jdk mvn -B -Dstyle.color=never "$@" </dev/null >>"$log" 2>&1 &
    maven_pid=$! maven_group=$!
    set +m
    exec {maven_output}<"$log"
    while :; do
        if IFS= read -r line <&"$maven_output"; then
            "$show" "$partial$line"
            partial=
            continue
        fi
        partial+=$line
        [[ $ended ]] && break
        if kill -0 "$maven_pid" 2>/dev/null; then sleep 0.2; else ended=1; fi
    done
    exec {maven_output}<&-
    wait "$maven_pid"
    maven_status=$?
    maven_pid=
}

# Maven first, which ends the test JVMs it started and lets their shutdown hooks run; what is then left of its group
# is for end_stragglers.
stop_maven() {
    [[ $maven_pid ]] || return 0
    kill -TERM "$maven_pid" 2>/dev/null
    wait_until_gone "$maven_pid" 100
    maven_pid=
}

# Ends what a test or a build left behind: nothing that this run started outlives it.
end_stragglers() {
    [[ $maven_group ]] || return 0
    if kill -TERM -- "-$maven_group" 2>/dev/null; then
        wait_until_gone "-$maven_group" 30 || kill -KILL -- "-$maven_group" 2>/dev/null
    fi
    maven_group=
}

wait_until_gone() { # PID-OR-GROUP TENTHS
    local tenths
    for ((tenths = $2; tenths > 0; tenths--)); do
        kill -0 -- "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}

show_module() { # LINE
    if [[ $1 =~ ^\[INFO\]\ Building\ (.+)\ [^\ ]+\ +\[([0-9]+)/([0-9]+)\]$ ]]; then
        say "  ${BASH_REMATCH[2]}/${BASH_REMATCH[3]} ${BASH_REMATCH[1]}"
    fi
}

# Maven's own account of what broke, each line once, without the help it appends.
show_maven_error() { # LOG
    awk '{gsub(/\033\[[0-9;]*m/, "")}
        /^(\[ERROR\] *)?$/ {next}
        /^\[ERROR\] (\[Help|Re-run Maven|To see the full|For more information|After correcting| +mvn <args>)/ {next}
        /^\[ERROR\]/ {on = 1}
        /^\[(INFO|WARNING)\]/ {on = 0}
        on && !seen[$0]++ && ++count <= 150
        END {if (count > 150) print "… and " count - 150 " more lines"}' "$1" >&2
    say "hint: all of it is in $1"
}

# Sets modules to those that have a face in this tree.
find_modules() {
    modules=()
    [[ -f $root/cli/src/main/java/dev/sallyport/cli/Main.java ]] && modules+=(cli)
    [[ -f $root/gateway/src/main/java/dev/sallyport/gateway/GatewayMain.java ]] && modules+=(gateway)
    [[ -f $root/server/src/main/java/dev/sallyport/server/Sallyport.java ]] && modules+=(server)
    ((${#modules[@]}))
}

content_digest() {
    local digest
    digest=$(cd "$root" && list_sources -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
    printf '%s' "${digest:0:16}"
}

# Packages the modules that have a face; each leaves its class path, in Maven's order, in target/runtime-classpath.
package_modules() { # LOG [ARGUMENT-OR-GOAL-BEFORE... -- GOAL-AFTER...]
    local log=$1 list before=()
    shift
    while (($#)) && [[ $1 != -- ]]; do
        before+=("$1")
        shift
    done
    (($#)) && shift
    list=$(IFS=, && printf '%s' "${modules[*]}")
    run_maven "$log" show_module -pl "$list" -am -Dmaven.test.skip=true -DincludeScope=runtime \
        -Dmdep.outputFile=target/runtime-classpath -Dmdep.regenerateFile=true "${before[@]}" package dependency:build-classpath "$@"
    if ((maven_status)); then
        show_maven_error "$log"
        refuse launcher.build-failed "Maven ended with status $maven_status"
    fi
}

# Sets version to the project's own, the first in the root pom.
find_version() {
    local line
    while IFS= read -r line; do
        [[ $line =~ ^\ *\<version\>(.*)\</version\> ]] && version=${BASH_REMATCH[1]} && return
    done <"$root/pom.xml"
}

# Copies every jar once into one folder and writes the class path of each face next to them.
assemble() { # FOLDER
    local module jar name jars
    find_version
    for module in "${modules[@]}"; do
        IFS=: read -ra jars <"$root/$module/target/runtime-classpath"
        for jar in "$root/$module/target/sallyport-$module-$version.jar" "${jars[@]}"; do
            name=${jar##*/}
            if [[ -f $1/$name ]] && ! cmp -s "$jar" "$1/$name"; then
                name=$module-$name # two artifacts that share a file name
            fi
            [[ -f $1/$name ]] || cp "$jar" "$1/$name" || exit 1
            printf '%s\n' "$name"
        done >"$1/$module.classpath"
    done
}

train() { # LIB WORD
    choose_face "$2"
    [[ -f $1/$face.classpath ]] || return 0
    compose_cache_key "$1" "$root"
    cache_is_current "$1/$face.aot" && return
    train_face "$1" "$root" "$1/$face.aot" "$root/.build/log/train-$face.log"
}

remove_old_libs() { # CURRENT
    local folder count=0 unused
    while IFS= read -r folder; do
        folder=${folder#* }
        [[ $folder == "$1" ]] && continue
        ((count++ == 0)) && continue
        if [[ -f $folder/in-use ]]; then
            exec {unused}<"$folder/in-use"
            flock -x -n "$unused" && rm -rf "$folder"
            exec {unused}<&-
        else
            rm -rf "$folder"
        fi
    done < <(find "$root/.build/lib" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn)
}

# Makes lib the folder of jars for the sources as they are. The caller holds the lock.
ensure_built() {
    local cheap digest started=$SECONDS
    find_current_lib && return
    cheap=$(cheap_digest)
    digest=$(content_digest)
    lib=$root/.build/lib/$digest
    if [[ ! -f $lib/ready ]]; then
        say 'building (once after each change of the sources)'
        rm -rf "$lib"
        package_modules "$root/.build/log/build.log"
        mkdir "$lib" || exit 1
        : >"$lib/in-use"
        assemble "$lib"
        train "$lib" help
        : >"$lib/ready"
        say "built in $((SECONDS - started)) s"
    fi
    printf '%s %s\n' "${cheap%% *}" "$digest" >"$root/.build/current.new"
    mv -f "$root/.build/current.new" "$root/.build/current"
    remove_old_libs "$lib"
}

build_word() {
    local train='' quiet=''
    while (($#)); do
        case $1 in
            --train) train=1 ;;
            --quiet) quiet=1 ;;
            *) wrong_usage build "$1" ;;
        esac
        shift
    done
    prepare_tools
    find_modules || refuse launcher.no-face 'this source tree has neither a cli nor a server yet'
    take_lock
    ensure_built
    if [[ $train ]] && ! train "$lib" server; then
        say "no AOT cache for the server; why is in $root/.build/log/train-server.log"
    fi
    [[ $quiet ]] || say "ready: $lib"
}

# The benchmarks are no part of a release; they are packaged here, beside the faces, and see what those see.
bench_word() {
    prepare_tools
    find_modules || refuse launcher.no-face 'this source tree has neither a cli nor a server yet'
    take_lock
    ensure_built
    if [[ ! -f $lib/bench.classpath ]]; then
        modules=(bench)
        package_modules "$root/.build/log/bench.log"
        assemble "$lib"
    fi
    train "$lib" server || say "no AOT cache for the server; why is in $root/.build/log/train-server.log"
    hold_lib
    exec {lock}>&-
    choose_face bench
    exec_face "$lib" "$root" "$lib/$face.aot" "$@"
}

format_word() {
    (($#)) && wrong_usage format "$1"
    prepare_tools
    take_lock
    run_maven "$root/.build/log/format.log" show_module spotless:apply
    if ((maven_status)); then
        show_maven_error "$root/.build/log/format.log"
        refuse launcher.format-failed "Maven ended with status $maven_status"
    fi
}
