# shellcheck shell=bash
# The release: a tar.gz whose bytes depend on the sources, the JDK and the tools only. Sourced by ../sallyport.
# shellcheck disable=SC2154 # root, modules and the build's functions come from the launcher and build.sh

# AOT caches are not part of it: a cache fits one build of the JDK, which is not part of it either, and the collector that
# suits the machine. The first server that runs for a while makes them, or "bin/sallyport train" does.
dist_word() {
    local check='' first
    while (($#)); do
        case $1 in
            --check) check=1 ;;
            *) wrong_usage dist "$1" ;;
        esac
        shift
    done
    prepare_tools
    find_modules || refuse launcher.no-face 'this source tree has neither a cli nor a server yet'
    out=${SALLYPORT_DIST:-$root/target/dist}
    if [[ ${SALLYPORT_NO_BUILD:-} ]]; then
        [[ $check ]] && refuse launcher.not-built '--check builds twice, and SALLYPORT_NO_BUILD forbids to build'
        pack_built
        say "ready: $release"
        return
    fi
    take_lock
    make_release
    if [[ $check ]]; then
        first=$(sha256sum <"$release")
        make_release
        [[ $(sha256sum <"$release") == "$first" ]] ||
            refuse launcher.not-reproducible 'two builds of the same sources differ (expected: the same bytes)' \
                'compare the listings: tar -tvf, then the jars with unzip -v'
        say 'built twice: the same bytes'
    fi
    say "ready: $release"
    (cd "$out" && cat -- *.sha256)
}

# The release of what was built last, for trying it out: without the bill of materials, which a build makes.
pack_built() {
    find_current_lib && hold_lib || refuse launcher.not-built 'nothing is built' './sallyport build'
    find_version
    name=sallyport-$version
    stage=$out/stage/$name
    rm -rf "$out/stage"
    mkdir -p "$stage"/{bin,lib,systemd} || exit 1
    local each jar
    for each in "${modules[@]}"; do
        cp "$lib/$each.classpath" "$stage/lib/" || exit 1
        while IFS= read -r jar; do
            [[ -f $stage/lib/$jar ]] || cp "$lib/$jar" "$stage/lib/" || exit 1
        done <"$lib/$each.classpath"
    done
    pack
}

# Sets release. SALLYPORT_DIST is where it goes instead of target/dist.
make_release() {
    local log=$root/.build/log/dist.log
    find_version
    name=sallyport-$version
    say "building release $version from clean"
    package_modules "$log" -DoutputFormat=json -DoutputName=bom -DincludeTestScope=false -DexcludeTestProject=true \
        clean -- org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeAggregateBom
    stage=$out/stage/$name
    rm -rf "$out/stage"
    mkdir -p "$stage"/{bin,lib,systemd,sbom} || exit 1
    assemble "$stage/lib"
    node "$root/web/sbom.mjs" <"$root/target/bom.json" >"$stage/sbom/$name.cdx.json" ||
        refuse launcher.dist-failed "the packages of npm could not be added to the SBOM"
    pack
}

# Adds to the folder "stage", which has the jars, what is not built, and makes the archive of it. Sets release.
pack() {
    local timestamp
    timestamp=$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</.*|\1|p' "$root/pom.xml")
    cp "$root/scripts/launch.sh" "$root/scripts/train.sh" "$stage/lib/"
    printf '%s\n' "$version" >"$stage/lib/version"
    cp "$root/scripts/release/sallyport" "$stage/bin/sallyport"
    cp "$root/scripts/release/sallyport-server.service" "$stage/systemd/"
    cp "$root/LICENSE" "$stage/" || exit 1
    [[ -d $root/examples ]] && cp -R "$root/examples" "$stage/examples"
    if [[ -f $root/examples/server.yaml ]]; then
        mkdir "$stage/etc"
        cp "$root/examples/server.yaml" "$stage/etc/server.example.yaml"
    fi
    find "$stage" -type f -exec chmod 644 {} +
    chmod 755 "$stage/bin/sallyport"
    release=$out/$name.tar.gz
    (
        set -e
        cd "$out"
        LC_ALL=C tar --sort=name --format=gnu --mtime="$timestamp" --owner=0 --group=0 --numeric-owner \
            --mode='u=rwX,go=rX' -cf - -C stage "$name" | gzip -n -9 >"$name.tar.gz"
        [[ ! -d stage/$name/sbom ]] || cp "stage/$name/sbom/$name.cdx.json" .
        sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
        rm -rf stage
    ) || refuse launcher.dist-failed "$release could not be written"
}
