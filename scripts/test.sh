# shellcheck shell=bash
# All tests, with what they need around them; the last line printed is "N passed, M failed". Sourced by ../sallyport.
# shellcheck disable=SC2154 # root, lock, lib and maven_status are set by the launcher and build.sh

test_postgres=
policy_file=

test_word() {
    local long=false
    while (($#)); do
        case $1 in
            --long) long=true ;;
            *) wrong_usage test "$1" ;;
        esac
        shift
    done
    # before anything can fail: whoever reads the last line finds it
    trap 'finish_test' EXIT
    passed=0 failed=0 status=1
    prepare_tools
    trap 'finish_test' EXIT
    provide_packages
    take_lock
    provide_postgres_folder
    run_tests "$long"
    count_tests
    exit "$status"
}

finish_test() {
    stop_maven
    stop_test_postgres
    end_stragglers
    [[ $policy_file ]] && rm -f "$policy_file"
    policy_file=
    ((status && !failed)) && failed=1
    printf '%s passed, %s failed\n' "$passed" "$failed"
}

# Packages

provide_packages() {
    local missing=() package command
    if ! command -v dpkg-query >/dev/null; then
        say "no dpkg here: the tests need what scripts/test-packages.txt lists, from this system's own packages"
        return
    fi
    find_missing_packages
    ((${#missing[@]})) || return 0
    command="apt-get install -y --no-install-recommends ${missing[*]}"
    if ((EUID == 0)) && { [[ ${CI:-} == true ]] || ! [[ -t 0 && -t 1 ]]; }; then
        install_packages
        find_missing_packages
        ((${#missing[@]})) || return 0
    fi
    refuse launcher.missing-packages "the tests need ${missing[*]}" "$( ((EUID)) && printf 'sudo ')$command"
}

# Sets missing.
find_missing_packages() {
    missing=()
    while read -r package _; do
        [[ ! $package || $package == \#* ]] && continue
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done <"$root/scripts/test-packages.txt"
}

# Installs what is missing without starting a service: the tests start their own. A policy that is there stays.
install_packages() {
    local log=$root/.build/log/packages.log
    printf 'installing %s\n' "${missing[*]}"
    if [[ ! -e /usr/sbin/policy-rc.d ]]; then
        policy_file=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$policy_file"
        chmod 755 "$policy_file"
    fi
    {
        DEBIAN_FRONTEND=noninteractive apt-get update ||
            echo 'the package lists could not be refreshed: trying with those that are here'
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
    } </dev/null >"$log" 2>&1 || tail -n 20 "$log" >&2
    [[ $policy_file ]] && rm -f "$policy_file"
    policy_file=
}

# PostgreSQL

# A short path, because a Unix socket's has at most 107 bytes.
provide_postgres_folder() {
    local parent=${TMPDIR:-/tmp}
    ((${#parent} > 40)) && parent=/tmp
    test_postgres=$(mktemp -d "$parent/spt.XXXXXX") || exit 1
    export SALLYPORT_TEST_POSTGRES=$test_postgres
}

# Stops what the tests left running below the folder, and removes it.
stop_test_postgres() {
    local file pid
    [[ $test_postgres && -d $test_postgres ]] || return 0
    while IFS= read -r file; do
        pid=
        { read -r pid <"$file"; } 2>/dev/null
        is_test_postgres "$pid" || continue
        kill -INT "$pid" 2>/dev/null
        wait_until_gone "$pid" 150 && continue
        kill -QUIT "$pid" 2>/dev/null
        wait_until_gone "$pid" 50
    done < <(find "$test_postgres" -name postmaster.pid)
    rm -rf "$test_postgres"
    test_postgres=
}

# The number in a file may by now belong to another process: a postmaster works in its own data folder.
is_test_postgres() { # PID
    [[ $1 =~ ^[0-9]+$ ]] && (($1 > 1)) && [[ $(readlink "/proc/$1/cwd") == "$(readlink -f "$test_postgres")"/* ]]
}

# The run

run_tests() { # LONG
    test_log=$root/.build/log/test.log
    find "$root" \( -name node_modules -o -name .git -o -name .build \) -prune -o \
        -type d -path '*/target/surefire-reports' -prune -exec rm -rf {} +
    # the acceptance tests start the product through this launcher, as people do, from what is built here
    if find_modules; then
        ensure_built
        # beside the modules that start no server yet: those that do then start several times
        train_beside "$$" 0 "$lib" "$root" "$lib" "$root/.build/log/train-server.log"
        export SALLYPORT_NO_BUILD=1
    fi
    local limits=()
    [[ $1 == true ]] && limits=('-Dsallyport.test.limit=6 h' -Dsallyport.fork.limit.seconds=0)
    in_failure=
    run_maven "$test_log" show_test --fail-at-end "-Dsallyport.long=$1" "${limits[@]}" verify
}

# One line for each module and test class; a failure in full, as Maven prints it.
show_test() { # LINE
    local line=$1
    case $line in
        '[INFO] Building '*'['*'/'*']')
            in_failure=
            line=${line#'[INFO] Building '}
            line=${line% \[*}
            printf '%s\n' "${line%"${line##*[! ]}"}"
            ;;
        *'Tests run: '*' -- in '*)
            in_failure=
            if [[ $line =~ Tests\ run:\ ([0-9]+),\ Failures:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Skipped:\ ([0-9]+),\ Time\ elapsed:\ ([0-9.,]+)\ s.*\ --\ in\ (.*)$ ]]; then
                local word=ok
                ((BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4])) && word=FAIL
                printf '  %-4s %s  %s in %s s\n' "$word" "${BASH_REMATCH[6]##*.}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[5]}"
                [[ $word == FAIL ]] && in_failure=1
            fi
            ;;
        '[INFO]'* | '[WARNING]'*) in_failure= ;;
        *) [[ $in_failure ]] && printf '%s\n' "$line" ;;
    esac
    return 0
}

# Sets passed, failed and status from the reports of this run and Maven's own verdict.
count_tests() {
    local counts=$root/.build/test-counts skipped
    rm -f "$counts"
    "$jdk/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "$root/scripts/TestReport.java" "$root" "$counts"
    if ! read -r passed failed skipped <"$counts"; then
        passed=0 failed=1
        say '! launcher.unreadable-reports: the test reports could not be read'
        return
    fi
    if ((skipped)); then
        say "! launcher.skipped-tests: $skipped skipped (expected: none; a test that cannot run fails and says why)"
        failed=$((failed + skipped))
    fi
    if ((maven_status)); then
        awk '/^\[INFO\] Reactor Summary/ {on = 1} on && /\.\. (FAILURE|SKIPPED)( |$)/ {sub(/^\[INFO\] /, "not completed: "); print}' "$test_log"
        if ((!failed)); then
            show_maven_error "$test_log"
            failed=1
        fi
        say "all of it is in $test_log"
        return
    fi
    if ((passed == 0 && failed == 0)); then
        say '! launcher.no-tests: no test ran'
        failed=1
    fi
    ((failed == 0)) && status=0
}
