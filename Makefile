# penstock: set up, show, test. `make demo` and `make test` need a Debian 12 with git, make and root (or sudo);
# whatever else is missing is installed by .ci/setup, and nothing is done twice.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

BIN := .venv/bin
# What one checkout compiled serves another one: debug information names no folder above the tree.
export CCACHE_NOHASHDIR := 1
JOBS ?= $(shell nproc)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: install ## send real text through a broker that is killed on the way, and check what comes back
	@$(BIN)/penstock demo

.PHONY: test
test: install extras build ## C++ tests, Python tests, compatibility with stock clients, lint
	@.ci/test

.PHONY: lint
lint: venv ## clang-format, ruff, mypy --strict, tests/tidy
	@.ci/setup packages lint
	@.ci/lint

.PHONY: docs
docs: install extras ## the documentation, into build/docs; a warning is an error
	@$(BIN)/sphinx-build -q -W --keep-going -b html -d build/doctrees docs build/docs
	@echo "build/docs/index.html"

.PHONY: bench
bench: install build ## what is measured, and the micro benchmarks (see benchmarks/README.md)
	@.ci/bench

.PHONY: setup-java
setup-java: ## Java, Maven and Apache Kafka's own tools, for the tests against them
	@.ci/setup packages java
	@.ci/setup jars

.PHONY: venv
venv: ## .venv with the tools of the tests
	@.ci/setup packages build
	@.ci/setup venv

.PHONY: extras
extras: venv ## what notebooks and documentation need, into .venv
	@.ci/setup extras

.PHONY: install
install: venv ## the package itself, by pip, into .venv
	@.ci/setup install

.PHONY: build
build: ## the C++ tests and benchmarks, preset release
	@.ci/setup packages build
	@cmake --preset release -DCMAKE_MESSAGE_LOG_LEVEL=WARNING
	@cmake --build --preset release -j $(JOBS)

.PHONY: clean
clean: ## remove everything that was built; ccache keeps what it knows
	rm -rf build dist .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./.git -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
