# Chooses the base images: the published ones where their registry answers, else stand-ins made here. Sourced by ./check.
#
# A stand-in has what the Dockerfile uses of the real one, and no more: Debian with gcc and this machine's compiler for
# the build, an all but empty file system for the run. It proves the Dockerfile, not the published images.
#
# Sets: base_images (for the report) and build_args (array). BASE_IMAGES=published or stand-in decides by hand.
# shellcheck shell=bash disable=SC2034,SC2154

docker_arg() { sed -n "s/^ARG $1=//p" Dockerfile; }

have_image() { "$docker" image inspect "$1" >/dev/null 2>&1; }

use_published_images() {
    [[ ${BASE_IMAGES:-published} == published ]] || return 1
    local image
    for image in "$(docker_arg RUST_IMAGE)" "$(docker_arg RUNTIME_IMAGE)"; do
        have_image "$image" || timeout 600 "$docker" pull --quiet "$image" >"$scratch/pull.log" 2>&1 || return 1
    done
    base_images="the published base images"
    build_args=()
}

# Debian, gcc and the pinned compiler, under the folders that the real image uses.
make_build_image() {
    local sysroot excluded tar=$scratch/build-image.tar
    command -v mmdebstrap >/dev/null || scripts/debian-packages mmdebstrap
    sysroot=$(rustc --print sysroot)
    tar --create --file "$scratch/compiler.tar" --directory "$sysroot" --exclude=./share/doc --exclude=./etc \
        --owner=0 --group=0 --numeric-owner ./bin ./lib
    # The machine's certificates, so that crates can be fetched wherever the machine itself can fetch them.
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,gcc,libc6-dev \
        --customize-hook="upload /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt" \
        --customize-hook="tar-in $scratch/compiler.tar /usr/local" \
        bookworm "$tar" >"$scratch/mmdebstrap.log" 2>&1 || {
        tail -n 20 "$scratch/mmdebstrap.log" >&2
        die "the stand-in for the build image could not be made"
    }
    rm "$scratch/compiler.tar"
    "$docker" import --change 'ENV CARGO_HOME=/usr/local/cargo' \
        --change 'ENV PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        "$tar" "$1" >/dev/null
    rm "$tar"
}

# What the real one holds and the service might use: certificates, two users, a folder for temporary files.
make_runtime_image() {
    local root=$scratch/runtime-image
    mkdir -p "$root/etc/ssl/certs" "$root/home/nonroot"
    mkdir -m 1777 "$root/tmp"
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$root/etc/passwd"
    printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
    tar --create --directory "$root" --owner=0 --group=0 --numeric-owner . |
        "$docker" import --change 'USER 65532' --change 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' - "$1" >/dev/null
}

use_stand_ins() {
    [[ ${BASE_IMAGES:-stand-in} == stand-in ]] || die "the published base images could not be fetched: $(tail -n 1 "$scratch/pull.log")"
    command -v rustc >/dev/null || die "no compiler here to make the stand-in for the build image with"

    # The tag changes with everything that a stand-in is made of, so an old one is never taken for a new one.
    local made_of
    made_of=$({ rustc -vV; cat tests/container/base-images.sh /etc/ssl/certs/ca-certificates.crt; } | sha256sum | cut -c 1-12)
    local build=describe-api-stand-in/rust:$made_of runtime=describe-api-stand-in/static:$made_of
    have_image "$build" || make_build_image "$build"
    have_image "$runtime" || make_runtime_image "$runtime"
    local tag
    for tag in $("$docker" image ls --format '{{.Repository}}:{{.Tag}}' 'describe-api-stand-in/*'); do
        [[ $tag == *":$made_of" ]] || "$docker" rmi "$tag" >/dev/null 2>&1 || true
    done
    base_images="stand-ins for the base images, made here"
    build_args=(--build-arg "RUST_IMAGE=$build" --build-arg "RUNTIME_IMAGE=$runtime")
}
