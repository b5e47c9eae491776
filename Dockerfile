# Passdesk, and as a second target its playground:
#
#   docker build -t passdesk .
#   docker run --read-only --tmpfs /tmp -p 3978:3978 -v passdesk:/data \
#     -v "$PWD/passdesk.yaml:/etc/passdesk/passdesk.yaml:ro" -e AZURE_CLIENT_SECRET passdesk
#
#   docker build -t passdesk-playground --target playground .
#   docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:3979:3979 passdesk-playground
#
# A RUN keeps to paths relative to its WORKDIR: a test replays these steps on a
# machine that has no container engine.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Time zones are in the binary (time/tzdata); certificates are taken from this stage.
ENV CGO_ENABLED=0
RUN go build -trimpath -ldflags "-s -w" -o ../out/passdesk ./cmd/passdesk
RUN mkdir -p ../out/scratch ../out/volume/data && mkdir -m 1777 ../out/scratch/tmp

# The card renderer, which the playground's page is bundled with.
FROM node:24-slim AS renderer
WORKDIR /web
COPY internal/sim/page/web/package.json internal/sim/page/web/package-lock.json internal/sim/page/web/.npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM build AS page
COPY --from=renderer /web/node_modules internal/sim/page/web/node_modules
RUN go build -trimpath -ldflags "-s -w" -o ../out/playground ./cmd/playground
RUN ../out/playground page --out ../out/page

FROM scratch AS playground
LABEL org.opencontainers.image.title="Passdesk playground" \
      org.opencontainers.image.description="Passdesk in a simulated Microsoft tenant, with a page to try it on" \
      org.opencontainers.image.source="https://github.com/passdesk/passdesk" \
      org.opencontainers.image.licenses="MIT"
COPY --from=page /out/playground /playground
COPY --from=page /out/page /page
COPY --from=page --chown=65532:65532 /out/scratch/ /
USER 65532:65532
EXPOSE 3979
ENTRYPOINT ["/playground"]
CMD ["demo", "--container", "--page", "/page", "--listen", ":3979"]

FROM scratch AS passdesk
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Passdesk" \
      org.opencontainers.image.description="The help desk's bot in Microsoft Teams for passes, passkeys and Conditional Access exclusions" \
      org.opencontainers.image.source="https://github.com/passdesk/passdesk" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/passdesk /passdesk
# SQLite's file is in /data, to be a volume where SQLite is used; reports of who is
# left are spooled in /tmp. Nothing else is written, and with PostgreSQL only these.
COPY --from=build --chown=65532:65532 /out/scratch/ /out/volume/ /
WORKDIR /data
ENV PASSDESK_CONFIG=/etc/passdesk/passdesk.yaml
USER 65532:65532
EXPOSE 3978
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/passdesk", "healthcheck"]
ENTRYPOINT ["/passdesk"]
CMD ["serve"]
