# Two commands: `make run` serves, `make test` runs all that CI runs.
# Needed: Go, Node with npm; in the tests chromium, and a C compiler for the race detector.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# What is built needs no C compiler; the race detector does.
export CGO_ENABLED := 0

# Packages that only compute, where the race detector finds nothing and costs
# most; the others are tested with it.
NO_RACE := lernspur/statements% lernspur/schema% lernspur/bench/gen% lernspur/bench/town% lernspur/bench/faults% lernspur/content% lernspur/suppress% \
	lernspur/report/chart% lernspur/report/definition% lernspur/report/figures% lernspur/report/forms% lernspur/report/pdf% lernspur/report/result%

# Folders with a package-lock.json whose packages the tests need.
CLIENTS := $(patsubst %/package-lock.json,%,$(wildcard lrs/clients/package-lock.json launch/clients/package-lock.json player/library/package-lock.json))

FUZZTIME ?= 10m

.PHONY: help
help: ## show this list
	@echo 'Targets of this Makefile:'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build, fetch the engine on first use, and serve on http://127.0.0.1:8080
	exec ./bin/lernspur serve

# Where the demonstration keeps its data.
DEMO := data/demo

.PHONY: demo
demo: build ## a made-up pilot year in a folder of its own, a report on it, and the server on it
	go run ./bench/cmd/demo -dir $(DEMO)

.PHONY: build
build: engine ## bin/lernspur and the engine, nothing started
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/lernspur ./cmd/lernspur

.PHONY: engine
engine: ## fetch the ClickHouse library, pinned and checked, unless it is there
	@command -v npm >/dev/null || { echo 'make engine: npm is needed to fetch the library (https://nodejs.org)'; exit 1; }
	@node engine/lib/fetch.mjs

.PHONY: test
test: engine clients browser lint ## all that CI runs
	@$(MAKE) --no-print-directory --jobs=2 unit race

# The two halves of the Go tests. A missing C compiler is said, and the tests run
# without the race detector then.
.PHONY: unit
unit:
	@command -v strace >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && apt-get install -y -q --no-install-recommends strace; } || \
		echo "make test: strace is not installed; no kill lands within a rename"
	go test -timeout 15m $(filter $(NO_RACE),$(PACKAGES))

.PHONY: race
race:
	@if command -v "$$(go env CC)" >/dev/null; then \
		set -x; CGO_ENABLED=1 go test -race -timeout 15m $(filter-out $(NO_RACE),$(PACKAGES)); \
	else \
		echo 'make test: there is no C compiler; the race detector is left out'; \
		set -x; go test -timeout 15m $(filter-out $(NO_RACE),$(PACKAGES)); \
	fi

# Histories that the property test of progress makes.
SEQUENCES ?= 10000

.PHONY: property
property: engine ## hold all figures of progress against SEQUENCES (10000) random histories; takes hours
	LERNSPUR_SEQUENCES=$(SEQUENCES) go test -timeout 24h -run TestProjectionEqualsRecomputation -count 1 ./progress

# Asked for by the two targets above only.
PACKAGES = $(shell go list ./...)

# The JavaScript libraries of the field that the tests drive the endpoint with.
.PHONY: clients
clients: $(CLIENTS:%=%/node_modules/.package-lock.json)

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The browser that the tests play content in. Who may not install it is told how.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } || \
		{ echo 'make test: a browser is needed: install chromium'; exit 1; }

# Flags of the measurement, such as BENCHFLAGS=-quick.
BENCHFLAGS ?=

.PHONY: bench
bench: build ## measure this machine, with nothing else running; writes docs/performance.md
	go run ./bench/cmd/bench $(BENCHFLAGS)

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@bad="$$(go list -f '{{range .GoFiles}}{{$$.Dir}}/{{.}} {{end}}{{range .TestGoFiles}}{{$$.Dir}}/{{.}} {{end}}{{range .XTestGoFiles}}{{$$.Dir}}/{{.}} {{end}}' ./... | xargs gofmt -l)"; \
		if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

.PHONY: fmt
fmt: ## format all Go code
	go fmt ./...

.PHONY: faults
faults: engine ## 100 rounds of kills, pauses, full disks and damage under load, checked
	go run ./bench/faults/cmd/faults

.PHONY: fuzz
fuzz: ## run every fuzz test for FUZZTIME (10m)
	@go list -f '{{$$p := .}}{{range .TestGoFiles}}{{$$p.Dir}}/{{.}} {{$$p.ImportPath}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$$p.Dir}}/{{.}} {{$$p.ImportPath}}{{"\n"}}{{end}}' ./... \
		| while read -r file package; do \
			[ -n "$$file" ] || continue; \
			{ grep -oE '^func Fuzz[A-Za-z0-9_]*' "$$file" || true; } | while read -r _ name; do \
				echo "== $$package $$name"; \
				go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null || exit 1; \
			done || exit 1; \
		done

.PHONY: clean
clean: ## remove what was built; the data folder and the engine stay
	rm -rf bin dist
