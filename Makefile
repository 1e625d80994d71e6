# Every target works on a fresh checkout: Go is the only thing that has to be there.
# CONTRIBUTORS: `.ci/run` runs what has to hold before a change is merged.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME ?= 30s
BENCHTIME ?= 1s
# Copies of the shop's 60 instances in the states that peers are measured on: about 1k, 10k and 100k instances. 8334 is
# 500k, and 16667 a million. PEERS=-more measures jd, dyff and conftest as well, where they are installed.
COPIES ?= 17,167,1667
PEERS ?=
# Environments to make side by side in make bench, and kills in make faults.
MANY ?= 32
KILLS ?= 100
SEED ?= 1
# e.g. make test GOTESTFLAGS=-race, make test GOTESTFLAGS='-run Observe -v' PKG=./provision/...
GOTESTFLAGS ?=
PKG ?= ./...

# The Terraform that tests drive where neither terraform nor tofu is on PATH.
TERRAFORM_VERSION ?= 1.11.4
TERRAFORM_DIR := $(CURDIR)/bin/terraform-$(TERRAFORM_VERSION)

SHOP := testdata/shop

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: go
go:
	@command -v go >/dev/null || { \
		echo "make: Go is needed and is not on PATH. Install the version that go.mod names, or a later one: see https://go.dev/doc/install" >&2; \
		exit 1; }

.PHONY: build
build: go ## Build bin/maquette, and what it starts: bin/maquette-terraform, bin/maquette-aws
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/ ./cmd/...

.PHONY: demo
demo: build terraform ## Production, a one-box staging, a scale model, a try server for a branch: on this machine, then gone
	PATH="$$PATH:$(TERRAFORM_DIR)" ./testdata/shop/demo.sh bin/maquette

.PHONY: git
git:
	@command -v git >/dev/null || { echo "make: git is needed and is not on PATH: environments check branches out with it." >&2; exit 1; }

.PHONY: terraform
terraform: go git
	@if ! command -v terraform >/dev/null && ! command -v tofu >/dev/null && [ ! -x $(TERRAFORM_DIR)/terraform ] && [ -z "$${MAQUETTE_NO_TERRAFORM:-}" ]; then \
		echo "make: neither terraform nor tofu is on PATH: installing Terraform $(TERRAFORM_VERSION) in bin/"; \
		go run ./internal/getterraform -version $(TERRAFORM_VERSION) -dir $(TERRAFORM_DIR) || { \
			echo "make: no Terraform for the tests. Put terraform or tofu on PATH, or set MAQUETTE_NO_TERRAFORM=1 to skip the tests that need one (each says so)." >&2; \
			exit 1; }; \
	fi

# What finds the programs of a PostgreSQL server, as internal/pgtest does.
HAVE_POSTGRES := command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1

.PHONY: postgres
postgres:
	@if ! { $(HAVE_POSTGRES); } && [ -z "$${MAQUETTE_NO_POSTGRES:-}" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "make: there is no PostgreSQL server: installing Debian's for the tests"; \
		apt-get install -y -q postgresql >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q postgresql; } || true; \
	fi
	@{ $(HAVE_POSTGRES); } || echo "!!! The tests of databases are NOT run: there is no PostgreSQL server. Install one (Debian: apt-get install postgresql)." >&2

# What opens pages in tests, as internal/browsertest finds it.
HAVE_CHROMIUM := command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable || ls "/Applications/Google Chrome.app"

.PHONY: chromium
chromium:
	@if ! { $(HAVE_CHROMIUM); } >/dev/null 2>&1 && [ -z "$${MAQUETTE_NO_CHROMIUM:-}" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "make: there is no Chromium: installing Debian's for the tests"; \
		apt-get install -y -q chromium >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q chromium; } || true; \
	fi
	@{ $(HAVE_CHROMIUM); } >/dev/null 2>&1 || echo "!!! The tests of pages in a browser are NOT run: there is no Chromium. Install one (Debian: apt-get install chromium)." >&2

.PHONY: cgo
cgo: go
	@case " $(GOTESTFLAGS) " in *" -race "*) \
		[ "$$(CGO_ENABLED=1 go env CGO_ENABLED)" = 1 ] && command -v "$$(go env CC)" >/dev/null || { \
			echo "make: -race needs cgo and a C compiler, and '$$(go env CC)' is not on PATH. Install one, or run make test without GOTESTFLAGS=-race." >&2; \
			exit 1; };; \
	esac

.PHONY: test
test: cgo terraform postgres chromium ## Run every test (GOTESTFLAGS=-race for the race detector)
	{ $(HAVE_POSTGRES); } || export MAQUETTE_NO_POSTGRES=1; \
	{ $(HAVE_CHROMIUM); } >/dev/null 2>&1 || export MAQUETTE_NO_CHROMIUM=1; \
	PATH="$$PATH:$(TERRAFORM_DIR)" go test $(GOTESTFLAGS) $(PKG)
	cd testdata/shop/app && go test ./...

.PHONY: faults
faults: terraform ## Kill Maquette and Terraform KILLS times at random moments, with real processes
	PATH="$$PATH:$(TERRAFORM_DIR)" go test ./internal/faults -count=1 -timeout 60m -v -kills $(KILLS) -seed $(SEED)

.PHONY: lint
lint: go ## Check format, vet, staticcheck, go.mod and known vulnerabilities
	@echo "gofumpt -l ."; files=$$(go tool gofumpt -l .); \
		if [ -n "$$files" ]; then printf '%s\n' "gofumpt: not formatted (mend with: go tool gofumpt -w .):" $$files >&2; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	@# Its exit code is 3 for vulnerabilities found, and another one where it could not look.
	@echo "govulncheck ./..."; code=0; out=$$(go tool govulncheck ./... 2>&1) || code=$$?; \
		if [ $$code -ne 0 ] && [ $$code -ne 3 ] && grep -qE 'fetching vulnerabilities' <<<"$$out"; then \
			echo "govulncheck: database unreachable, not run"; \
		else printf '%s\n' "$$out"; exit $$code; fi

# Until Go 1.27 fuzzing may fail when its time is over, with nothing found (golang/go#75804): that, and nothing else, is
# run again.
.PHONY: fuzz
fuzz: go ## Run every fuzz test for FUZZTIME each
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	packages=$$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); \
	for package in $$packages; do \
		listed=$$(go test -list '^Fuzz' "$$package") || { printf '%s\n' "$$listed" >&2; exit 1; }; \
		for target in $$(sed -n '/^Fuzz/p' <<<"$$listed"); do \
			for try in 1 2 3; do \
				echo "go test -run '^$$' -fuzz '^$$target\$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package"; \
				if go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package" 2>&1 | tee "$$log"; then continue 2; fi; \
				grep -qx '    context deadline exceeded' "$$log" && ! grep -qE 'Failing input|panic|_test\.go:' "$$log" && [ $$try -lt 3 ] || exit 1; \
				echo "$$target: Go took the end of the time for a failure, and nothing was found: once more"; \
			done; \
		done; \
	done

.PHONY: bench
bench: build terraform ## Run the benchmarks, then measure maquette beside jq, python3 and terraform by hand
	PATH="$$PATH:$(TERRAFORM_DIR)" go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(PKG) | grep -v 'no test files'
	go run ./internal/peers -maquette bin/maquette -copies $(COPIES) $(PEERS)
	go run ./internal/peers -maquette bin/maquette -copies 167 -all 10
	PATH="$$PATH:$(TERRAFORM_DIR)" go run ./internal/upbench -maquette bin/maquette -many $(MANY)

.PHONY: cover
cover: terraform ## Measure test coverage: cover.out, cover.html
	PATH="$$PATH:$(TERRAFORM_DIR)" go test -coverprofile cover.out -coverpkg ./... $(PKG)
	go tool cover -html cover.out -o cover.html
	@go tool cover -func cover.out | tail -n 1

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin cover.out cover.html
