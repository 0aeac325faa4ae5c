# shellcheck shell=bash
# The release: a tar.gz whose bytes depend on the sources, the JDK and the tools only. Sourced by ../sallyport.
# shellcheck disable=SC2154 # root, modules and the build's functions come from the launcher and build.sh

# AOT caches are not part of it: a cache fits one build of the JDK only. "bin/sallyport train" makes them where it runs.
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
    (cd "$root/target/dist" && cat -- *.sha256)
}

# Sets release.
make_release() {
    local stage name timestamp log=$root/.build/log/dist.log
    find_version
    name=sallyport-$version
    timestamp=$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</.*|\1|p' "$root/pom.xml")
    say "building release $version from clean"
    package_modules "$log" -DoutputFormat=json -DoutputName=bom -DincludeTestScope=false -DexcludeTestProject=true \
        clean -- org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeAggregateBom
    stage=$root/target/dist/stage/$name
    mkdir -p "$stage"/{bin,lib,systemd,sbom} || exit 1
    assemble "$stage/lib"
    cp "$root/scripts/launch.sh" "$stage/lib/launch.sh"
    printf '%s\n' "$version" >"$stage/lib/version"
    cp "$root/scripts/release/sallyport" "$stage/bin/sallyport"
    cp "$root/scripts/release/sallyport-server.service" "$stage/systemd/"
    cp "$root/LICENSE" "$stage/"
    cp "$root/target/bom.json" "$stage/sbom/$name.cdx.json" || exit 1
    [[ -d $root/examples ]] && cp -R "$root/examples" "$stage/examples"
    if [[ -f $root/examples/server.yaml ]]; then
        mkdir "$stage/etc"
        cp "$root/examples/server.yaml" "$stage/etc/server.example.yaml"
    fi
    find "$stage" -type f -exec chmod 644 {} +
    chmod 755 "$stage/bin/sallyport"
    release=$root/target/dist/$name.tar.gz
    (
        set -e
        cd "$root/target/dist"
        LC_ALL=C tar --sort=name --format=gnu --mtime="$timestamp" --owner=0 --group=0 --numeric-owner \
            --mode='u=rwX,go=rX' -cf - -C stage "$name" | gzip -n -9 >"$name.tar.gz"
        cp "stage/$name/sbom/$name.cdx.json" .
        sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
        rm -rf stage
    ) || refuse launcher.dist-failed "$release could not be written"
}
