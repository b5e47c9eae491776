# Passdesk. `make help` lists what there is; each target does its own set-up.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

CACHE := .cache
LINT_VERSION := v2.15.0
LINT := $(CACHE)/golangci-lint-$(LINT_VERSION)
PORT ?= 3979

.PHONY: help demo test soak bench lint cards
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## run Passdesk against a simulated tenant, with a page
	@command -v npm >/dev/null || { echo "make demo needs Node with npm (https://nodejs.org)"; exit 1; }
	go run ./cmd/playground --listen 127.0.0.1:$(PORT)

test: $(CACHE)/browser $(CACHE)/postgres $(CACHE)/promtool ## prove that it works: every test, with the race detector
	@[ "$$(id -u)" = 0 ] || echo "not root: the images of the Dockerfile are run without a chroot and without their user"
	go test -race -timeout 25m ./...

soak: $(CACHE)/postgres ## kill it everywhere and keep replicas busy: about an hour
	go test -run TestI7 ./internal/access -rapid.checks 5000
	PASSDESK_SOAK=1 go test -v -timeout 2h ./cmd/passdesk/trial

bench: ## measure the budgets
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...
	go run ./cmd/playground load

lint: $(LINT) ## read the code strictly
	$(LINT) run ./...
	go mod tidy -diff
	go mod verify

cards: ## draw every golden card anew, and have the official renderer read them
	go test ./bot -run 'Card|Golden' -update
	go test ./bot -run 'Renderer'

$(LINT):
	@mkdir -p $(CACHE)
	GOBIN=$(abspath $(CACHE)) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@mv $(CACHE)/golangci-lint $@

# The page is tested in Chromium: on Debian it is installed where that is allowed.
$(CACHE)/browser:
	@mkdir -p $(CACHE)
	@command -v npm >/dev/null || { echo "make test needs Node with npm (https://nodejs.org)"; exit 1; }
	@if ! command -v chromium >/dev/null; then \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null; \
	  else echo "make test needs chromium on the PATH (Debian: apt-get install chromium)"; exit 1; fi; fi
	@touch $@

# The store is tested on PostgreSQL, too: on the server that PASSDESK_TEST_POSTGRES
# names, else on a private one. On Debian it is installed where that is allowed.
$(CACHE)/postgres:
	@mkdir -p $(CACHE)
	@if [ -z "$${PASSDESK_TEST_POSTGRES:-}" ] && ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y postgresql >/dev/null; \
	  else echo "make test needs PostgreSQL: install it (Debian: apt-get install postgresql), or name a server in PASSDESK_TEST_POSTGRES"; exit 1; fi; fi
	@touch $@

# The alerts are tested by Prometheus' own promtool. On Debian it is installed where
# that is allowed; RUNLEVEL keeps the server that comes with it from being started.
$(CACHE)/promtool:
	@mkdir -p $(CACHE)
	@if ! command -v promtool >/dev/null; then \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends prometheus >/dev/null; \
	  else echo "make test needs promtool on the PATH (Debian: apt-get install prometheus)"; exit 1; fi; fi
	@touch $@
