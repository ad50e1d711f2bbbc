# Footnote in one image, with its two default models inside: a container of it asks nobody for anything.
#
#   docker build -t footnote .
#   docker run -p 127.0.0.1:8620:8620 -v footnote:/data footnote

FROM rust:1.95.0-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ make pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The build's folder is a cache of the builder, so that a changed line does not build everything anew.
RUN --mount=type=cache,target=/src/target --mount=type=cache,target=/usr/local/cargo/registry \
    cargo build --locked --profile dist -p footnote -p footnote-ingest \
 && cp target/dist/footnote target/dist/footnote-ingest /usr/local/bin/
# The models are checked by hash. Their originals are not needed once they are installed.
RUN FOOTNOTE__MODELS__DIR=/models footnote --data-dir /tmp/data models pull

FROM debian:bookworm-20260914-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /data footnote \
 && install -d -o footnote /data
COPY --from=build /usr/local/bin/footnote /usr/local/bin/footnote-ingest /usr/local/bin/
COPY --from=build /models /models
USER footnote
ENV FOOTNOTE_DATA_DIR=/data FOOTNOTE__MODELS__DIR=/models
VOLUME /data
EXPOSE 8620
# Only a port that is published on the host's loopback reaches it: see docker-compose.yml.
ENV FOOTNOTE__SERVER__BIND=0.0.0.0:8620 FOOTNOTE__SERVER__BEHIND_LOOPBACK=true
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["curl", "--fail", "--silent", "--show-error", "http://127.0.0.1:8620/readyz"]
ENTRYPOINT ["footnote"]
CMD ["serve"]
