# The service as one static binary on an image that holds nothing else: no shell, no libc, no package manager.
#
#   DOCKER_BUILDKIT=1 docker build -t describe-api .
#   docker run --rm -p 127.0.0.1:8000:8000 describe-api

# The compiler's version is the one in rust-toolchain.toml; `make test-container` fails when they part.
# The digests are those of the lists for both processors. `scripts/pin` writes the present ones.
ARG RUST_IMAGE=rust:1.95.0-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082
ARG RUNTIME_IMAGE=gcr.io/distroless/static-debian12:nonroot@sha256:afa5c872c891853ca7fcf1f12c3edb23f7eeef36189728842dd51042ff57f7ab

FROM ${RUST_IMAGE} AS build
WORKDIR /src
COPY . .
# crt-static links glibc in, so that the binary needs nothing from the image it runs on. The target is named although
# it is the host's own, because only then do the flags leave build scripts and procedural macros alone.
# The sources are touched because cargo compares times: in a kept target folder it would take an older file for built.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,sharing=locked \
    target="$(rustc --print host-tuple)" \
    && find src crates -type f -exec touch {} + \
    && RUSTFLAGS='-C target-feature=+crt-static' cargo build --quiet --locked --profile dist --features otlp --bin describe-api --target "$target" \
    && install -D -m 0555 "target/$target/dist/describe-api" /out/describe-api

FROM ${RUNTIME_IMAGE}
COPY --from=build /out/describe-api /describe-api
# In a container the network is the container's own: publishing the port is what lets anybody in.
# `docker stop` waits for nothing but the answers in flight; behind a load balancer set DRAIN_DELAY to some of its checks.
# MALLOC_ARENA_MAX: by default the allocator of the C library keeps what each of 16 arenas has freed, several times --memory together.
# The thresholds are its own first ones; set, they do not rise to 32 and 64 MiB, and large blocks go back to the system when they are freed.
ENV HOST=0.0.0.0 PORT=8000 DRAIN_DELAY=1s MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
EXPOSE 8000
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/describe-api", "healthcheck"]
ENTRYPOINT ["/describe-api"]
