# Gets a container engine, or fails. Sourced by ./check, which defines `die` and `scratch`.
#
# Sets: docker (the client), compose (array: the compose command), engine (for the report), own_engine (yes or no), and
# DOCKER_HOST when the engine is our own.
# shellcheck shell=bash disable=SC2034

export DOCKER_BUILDKIT=1

# From version 23 on the client hands builds to a plugin; without it there are no cache mounts and no build.
can_build() {
    local version
    version=$("$1" --version 2>/dev/null | sed -nE 's/^Docker version ([0-9]+).*/\1/p')
    [[ -n $version ]] && { ((version < 23)) || "$1" buildx version >/dev/null 2>&1; }
}

find_client() {
    for docker in docker /usr/bin/docker; do
        if can_build "$docker"; then
            return 0
        fi
    done
    return 1
}

find_compose() {
    if "$docker" compose version >/dev/null 2>&1; then
        compose=("$docker" compose)
    elif command -v docker-compose >/dev/null; then
        compose=(docker-compose)
    else
        return 1
    fi
}

# The machine's own engine, when somebody runs one for us already; OWN_ENGINE=1 passes it over.
use_running_engine() {
    [[ -z ${OWN_ENGINE:-} ]] && find_client && find_compose && "$docker" info >/dev/null 2>&1 || return 1
    own_engine=no
    engine="the machine's engine, $("$docker" version --format '{{.Server.Version}}')"
}

install_engine() {
    local package wanted=()
    command -v dockerd >/dev/null || wanted+=(docker.io)
    find_client || wanted+=(docker.io docker-cli docker-buildx)
    command -v docker-compose >/dev/null || wanted+=(docker-compose)
    ((${#wanted[@]})) || return 0
    # Newer releases of Debian split the client and its plugin off; older ones do not know those names.
    scripts/debian-packages ca-certificates curl
    local known=()
    for package in "${wanted[@]}"; do
        [[ -n $(apt-cache policy "$package" | sed -n 's/^  Candidate: \([^(].*\)/\1/p') ]] && known+=("$package")
    done
    scripts/debian-packages "${known[@]}"
}

# A daemon of our own, with its own folders and socket. Its images and build cache stay in the cache folder, so that
# the next run is quick.
start_own_engine() {
    [[ $(id -u) == 0 ]] || die "no usable container engine, and starting one needs root"
    install_engine
    find_client || die "no docker client that can build with BuildKit"
    own_engine=yes

    local folder=$cache/engine try
    mkdir -p "$folder"
    # Two daemons on one folder would ruin it: a second run waits for the first.
    exec 9>"$folder/lock"
    flock --wait 1800 9 || die "another run holds $folder/lock"

    export DOCKER_HOST=unix://$scratch/engine.sock
    # The daemon must not hold the lock's descriptor after us.
    dockerd --data-root "$folder/data" --exec-root "$scratch/exec" --pidfile "$scratch/engine.pid" \
        --host "$DOCKER_HOST" --log-level error >"$scratch/engine.log" 2>&1 9>&- &
    engine_pid=$!
    for ((try = 0; try < 300; try++)); do
        "$docker" info >/dev/null 2>&1 && break
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.1
    done
    "$docker" info >/dev/null 2>&1 || {
        tail -n 20 "$scratch/engine.log" >&2
        die "the container engine did not start"
    }
    find_compose || die "no docker compose"
    engine="an engine started for this run, $("$docker" version --format '{{.Server.Version}}')"
}

stop_own_engine() {
    [[ -n ${engine_pid:-} ]] || return 0
    "$docker" image prune --force >/dev/null 2>&1 || true
    "$docker" builder prune --force --keep-storage 4GB >/dev/null 2>&1 || true
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
}
