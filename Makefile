# SPDX-License-Identifier: Apache-2.0
# `make run` and `make test` install what is missing and work on a fresh Debian 12 with a Swift toolchain.

# What the agent is built against, what the tests start besides it, and what checks the model of the breaker.
LIBRARIES := libcurl4-openssl-dev libnghttp2-dev libssl-dev libyaml-dev libsqlite3-dev libpcre2-dev pkg-config ca-certificates
SERVERS := dnsmasq-base haproxy iproute2 keepalived monitoring-plugins-basic nghttp2-client nginx-light openssl python3 python3-venv curl procps prometheus redis-server
# What asks the endpoint as fast as it can, for its benchmark.
LOADERS := wrk util-linux
# Where the tests find the Python that their own servers run in, and what it needs.
PYTHON := .build/python
REQUIREMENTS := Tests/HTTPTestSupport/Servers/requirements.txt
# Large programs (100 MB to fetch), so `make servers` goes on without one that its index has not.
BALANCERS := Tests/HTTPTestSupport/Servers/balancers.txt
MODEL_CHECKER := spin gcc libc6-dev
# What builds and checks the package; the box is a Debian that boots in namespaces.
PACKAGING := debhelper dpkg-dev fakeroot lintian binutils groff-base mandoc python3 systemd
DEB := .build/deb
BOX := .build/box/tree
BOX_CONTENTS := systemd,systemd-sysv,dbus,init-system-helpers,procps,ca-certificates,curl,libcurl4,libnghttp2-14,libpcre2-8-0,libsqlite3-0,libssl3,libstdc++6,libyaml-0-2
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
RELEASE := -c release --static-swift-stdlib
ARGUMENTS ?=

.DEFAULT_GOAL := help
.PHONY: help libraries servers build release run test check docs format bench hot-functions bench-smoke bench-endpoint bench-regress bench-resilience model-checker kills mutation fuzz clean \
	packagers deb deb-check deb-reproducible box-test piuparts tarball manifests

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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
	@test $(PYTHON)/balancers -nt $(BALANCERS) || { \
		missing=; \
		for package in $$(grep -v '^#' $(BALANCERS)); do \
			echo "installing $$package"; \
			$(PYTHON)/bin/pip install -q --disable-pip-version-check $$package || missing="$$missing $$package"; \
		done; \
		if [ -z "$$missing" ]; then touch $(PYTHON)/balancers; \
		else echo "SKIPPED: the tests of what could not be installed:$$missing"; fi; }

# Not every system has it, so that `make test` goes on without it.
model-checker:
	-$(call install,$(MODEL_CHECKER))

build: libraries ## Build the agent for debugging
	swift build --product bellwether

release: libraries ## Build the agent as it ships
	packaging/build

run: release ## Run the agent on its embedded defaults (ARGUMENTS='--listen …' adds to them)
	@"$$(swift build $(RELEASE) --show-bin-path)/bellwether" run $(ARGUMENTS)

test: servers model-checker ## Run every test
	@if command -v spin >/dev/null; then Tests/Models/check; \
	else echo "SKIPPED: the model of the circuit breaker, because spin is not installed"; fi
	swift build --build-tests
# The library's tests keep every processor busy, which those of the agent, with their real servers, would feel; those of the
# probers meet real deadlines, one after the other; of the others, a few at a time do.
	Tests/summarized swift test --skip-build --filter '^Resilience'
	Tests/summarized swift test --skip-build --no-parallel --filter '^ProbersTests'
	Tests/summarized "$$(swift build --show-bin-path)"/bellwetherPackageTests.xctest --testing-library swift-testing \
		--experimental-maximum-parallelization-width 6 --skip '^Resilience' --skip '^ProbersTests'

kills: libraries ## Kill a process that keeps state 1,000 times and demand that nothing is lost (minutes)
	BELLWETHER_KILLS=1000 swift test --filter KillTests

fuzz: libraries ## Look for bytes that break a reader (10 minutes; ARGUMENTS='--seconds 60 dns' for another)
	Tests/FuzzTests/fuzz $(ARGUMENTS)

mutation: ## Break the circuit breaker in 400 places and demand that a test notices each (minutes)
	Tests/Mutation/breaker

check: servers packagers ## Run all that CI runs (CI=full: the package, too, on a booted Debian)
	.ci/run

docs: ## Build the library's documentation and compile its examples
	$(call install,python3)
	.ci/documentation

format: ## Format all sources
	swift format --in-place --recursive Sources Tests Package.swift Benchmarks/Sources Benchmarks/Package.swift

bench: release servers ## Measure Bellwether beside its peers into docs/benchmarks.md (half an hour; ARGUMENTS='http-keep --rounds 1' for one)
	$(call install,$(LOADERS) gcc libc6-dev)
	Benchmarks/peers/bench $(ARGUMENTS)

bench-smoke: release servers ## Probe 1,000 local targets for 20 s and print what it cost
	Benchmarks/smoke

bench-endpoint: release servers ## Measure what a status request costs the agent, beside nginx (a few minutes)
	$(call install,$(LOADERS))
	Benchmarks/endpoint $(ARGUMENTS)

hot-functions: release servers ## Renew the list of functions that the linker lays side by side (a few minutes)
	$(call install,valgrind binutils)
	Benchmarks/peers/order-functions $(ARGUMENTS)

# Not every system has it; without it nothing is counted.
bench-regress: libraries ## Count the instructions of the hot paths against the baseline (ARGUMENTS=--renew writes it anew)
	-$(call install,valgrind binutils)
	@if command -v valgrind >/dev/null; then Benchmarks/hot-paths $(ARGUMENTS); \
	else echo "SKIPPED: the instructions of the hot paths, because valgrind is not installed"; fi

bench-resilience: ## Measure the policies of the library against their goals
	Benchmarks/resilience $(ARGUMENTS)

packagers: libraries
	$(call install,$(PACKAGING))

deb: packagers ## Build the Debian packages into .build/deb
	packaging/deb $(DEB)

deb-check: deb ## Check the package: lintian, size, memory, start, the unit's exposure
	packaging/deb-check $(DEB)

deb-reproducible: deb ## Build the packages again elsewhere and compare them byte for byte (as long as a release build)
	packaging/deb-reproducible $(DEB)

# Built aside and moved, so that a tree is there whole or not at all.
$(BOX):
	$(call install,debootstrap)
	mkdir -p $(dir $(BOX))
	$(AS_ROOT) rm -rf $(BOX).new
	$(AS_ROOT) debootstrap --variant=minbase --include=$(BOX_CONTENTS) bookworm $(BOX).new http://deb.debian.org/debian
	$(AS_ROOT) mv $(BOX).new $(BOX)

box-test: deb $(BOX) ## Install, run, break, upgrade and purge the package on a booted Debian (ARGUMENTS='watchdog' for one step)
	$(call install,iproute2 util-linux python3)
	$(AS_ROOT) env BOX_TREE=$(abspath $(BOX)) packaging/box/box-test $(DEB)/bellwether_$$(packaging/check-version)_*.deb $(ARGUMENTS)

piuparts: deb $(BOX) ## Install, upgrade and purge the package in a chroot without systemd running
	$(call install,piuparts)
	$(AS_ROOT) piuparts --existing-chroot=$(abspath $(BOX)) --distribution=bookworm --no-eatmydata \
		$(DEB)/bellwether_$$(packaging/check-version)_*.deb

tarball: deb ## Pack what the Debian package holds for other distributions
	packaging/tarball $(DEB)

manifests: servers deb ## Check the Kubernetes manifests, the Containerfile and the configuration that ships
	$(PYTHON)/bin/pip install -q --disable-pip-version-check -r packaging/requirements.txt
	$(PYTHON)/bin/python packaging/check-manifests $(DEB)/source/debian/made/bellwether

clean: ## Remove what was built
	rm -rf .build Benchmarks/.build
