# make site    this repository's site into public/
# make test    everything CI runs
# make help    the rest

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := bin/plumbline
GO_DIRS := cmd content internal rules $(wildcard theme/*.go)
NODE_MODULES := theme/node_modules/.package-lock.json
BUNDLES := theme/dist/licences.txt

.PHONY: help site build test parity check-format check-types chromium bench fmt golden clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

site: build ## build the program and this repository's site into public/
	@$(BIN) build
	@echo
	@echo "Look at it: open public/index.html in a browser, or serve the folder:"
	@echo "  (cd public && python3 -m http.server 8080), then http://localhost:8080/"

build: $(BUNDLES) ## build bin/plumbline
	@go build -trimpath -o $(BIN) ./cmd/plumbline

# npm ci installs exactly what the lockfile says; it writes this file last.
$(NODE_MODULES): theme/package.json theme/package-lock.json
	@echo "theme: fetching browser libraries"
	@npm ci --prefix theme --no-audit --no-fund --loglevel=error
	@touch $@

# The libraries and fonts that the program carries, so that a site author needs
# no Node.
$(BUNDLES): $(NODE_MODULES) $(wildcard internal/bundle/gen/*.go internal/bundle/vendor.go)
	@go run ./internal/bundle/gen theme
	@touch $@

test: build check-format check-types chromium ## everything CI runs
	go vet ./...
	go test -timeout 30m ./...
	$(BIN) lint
	$(BIN) test --mutate

parity: $(BUNDLES) chromium ## compare both engines with expr on all of its own tests and on random rules
	@PLUMBLINE_PARITY=full go test ./internal/rulejs -run '^(TestParity|TestPatternsAgreeWithGo|TestHostileInputs)$$' -count=1 -v -timeout 60m | grep -v '^=== \|^ *--- PASS'

check-format:
	@unformatted=$$(gofmt -l $(GO_DIRS)); \
	if [ -n "$$unformatted" ]; then \
		echo "these files are not formatted, make fmt does it:"; echo "$$unformatted"; exit 1; \
	fi

check-types: $(NODE_MODULES)
	npm run --silent --prefix theme check

# The browser tests drive a real Chromium. They fail without one, so that a
# green run always means that they ran.
chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	as=""; \
	if [ "$$(id -u)" != 0 ]; then \
		if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as="sudo -n"; else as="no"; fi; \
	fi; \
	if [ "$$as" = no ] || ! command -v apt-get >/dev/null; then \
		echo "make test: the browser tests need Chromium, which is not installed and which this account may not install." >&2; \
		echo "Install it (Debian, Ubuntu: apt-get install chromium) and run make test again." >&2; \
		exit 1; \
	fi; \
	echo "installing Chromium for the browser tests"; \
	$$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null

# One package at a time: what is compared is measured in one run, alone.
bench: $(BUNDLES) ## run the benchmarks
	go test -p 1 -run '^$$' -bench . -benchmem ./...

fmt: ## format the Go code
	gofmt -w $(GO_DIRS)

golden: build ## rewrite the expected outputs of tests; read the diff
	go test $$(grep -rl --include='*_test.go' '"update"' cmd internal | xargs -n1 dirname | sort -u | sed 's|^|./|') -update

clean: ## remove everything that was built
	rm -rf bin public theme/node_modules
	find theme/dist -mindepth 1 ! -name .keep -delete
