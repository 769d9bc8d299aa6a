# SPDX-License-Identifier: Apache-2.0
# `make run` and `make test` install what is missing and work on a fresh Debian 12 with a Swift toolchain.

# What the agent is built against, and what the tests start besides it.
LIBRARIES := libcurl4-openssl-dev libssl-dev libyaml-dev libsqlite3-dev libpcre2-dev pkg-config ca-certificates
SERVERS := nginx-light openssl python3 python3-venv curl procps
# Where the tests find the Python that their own servers run in, and what it needs.
PYTHON := .build/python
REQUIREMENTS := Tests/HTTPTestSupport/Servers/requirements.txt
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
RELEASE := -c release --static-swift-stdlib
ARGUMENTS ?=

.DEFAULT_GOAL := help
.PHONY: help libraries servers build release run test check format bench-smoke clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# $(call install,packages): those of the packages that are not installed yet.
define install
	@missing=$$(for package in $(1); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q '^install ok' || echo $$package; done); \
	if [ -n "$$missing" ]; then \
		echo "installing" $$missing; \
		$(AS_ROOT) apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

libraries:
	$(call install,$(LIBRARIES))

servers: libraries
	$(call install,$(SERVERS))
	@test $(PYTHON)/ready -nt $(REQUIREMENTS) || { \
		echo "installing" $$(grep -v '^#' $(REQUIREMENTS)) && \
		python3 -m venv $(PYTHON) && \
		$(PYTHON)/bin/pip install -q --disable-pip-version-check -r $(REQUIREMENTS) && touch $(PYTHON)/ready; }

build: libraries ## Build the agent for debugging
	swift build --product bellwether

release: libraries ## Build the agent as it ships
	swift build $(RELEASE) --product bellwether

run: release ## Run the agent on its embedded defaults (ARGUMENTS='--listen …' adds to them)
	@"$$(swift build $(RELEASE) --show-bin-path)/bellwether" run $(ARGUMENTS)

test: servers ## Run every test
	swift build --build-tests
	swift test --skip-build

check: servers ## Run all that CI runs
	.ci/run

format: ## Format all sources
	swift format --in-place --recursive Sources Tests Package.swift

bench-smoke: release servers ## Probe 1,000 local targets for 20 s and print what it cost
	Benchmarks/smoke

clean: ## Remove what was built
	rm -rf .build
