# Iryo: every target is a thin call of the command line `iryo` or of a public tool.
# `make` alone prints what there is.

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
ENV ?= dev
VENV := .venv
BIN := $(VENV)/bin
# Node, npm and the CDK CLI come from the virtual environment: no system Node is used.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.DEFAULT_GOAL := help
.PHONY: help setup pcluster orchestrators assets rehearse test check synth report kill snapshots bench deploy diff lock format clean

help: ## what there is
	@echo "Iryo. First time here: make rehearse, then make test."; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | \
	  awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo; echo "ENV=dev|staging|production chooses the file under environments/."

setup: $(VENV)/.ready node_modules/.ready build/layers/.ready build/pcluster-venv/.ready ## virtual environment, Node, CDK CLI, Lambda layers (done by the others when needed)

$(VENV)/.python: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Iryo needs Python 3.11; $(PYTHON) is $$($(PYTHON) --version). Say make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "setting up: virtual environment"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.ready: $(VENV)/.python requirements/dev.txt pyproject.toml
	@echo "setting up: Python packages (hashed)"
	@$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements/dev.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.ready: $(VENV)/.ready package-lock.json
	@echo "setting up: CDK command line"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/layers/.ready: $(VENV)/.ready requirements/lambda.txt infra/assets.py
	@iryo assets
	@touch $@

# aws-parallelcluster pins an old CDK, so the vendor's validators live in an environment of their own.
build/pcluster-venv/.ready: $(VENV)/.python requirements/pcluster.txt
	@echo "setting up: ParallelCluster's validators"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/pcluster-venv
	@VIRTUAL_ENV=build/pcluster-venv $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements/pcluster.txt
	@touch $@

build/orchestrators-venv/.ready: $(VENV)/.python requirements/orchestrators.txt
	@echo "setting up: Airflow and Kubeflow Pipelines, which judge what is generated for them"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/orchestrators-venv
	@VIRTUAL_ENV=build/orchestrators-venv $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements/orchestrators.txt
	@touch $@

orchestrators: build/orchestrators-venv/.ready ## the environment of Airflow and kfp (0.2 GB; its tests are left out without it)

pcluster: build/pcluster-venv/.ready ## the environment of ParallelCluster's own validators (part of setup)

assets: $(VENV)/.ready ## build the Lambda layers anew
	@iryo assets --force

rehearse: setup ## deploy to the local AWS and send records through it (KEEP=1 leaves it up)
	@iryo rehearse --environment $(ENV) $(if $(KEEP),--keep)

test: setup check ## every test, on all cores
	@pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder $(ARGS)

check: setup ## lint, types, import direction, configuration, guard of stateful data
	@ruff check . && ruff format --check . && mypy && lint-imports --no-logo && iryo config check environments/*.toml
	@if [ "$$(git rev-parse --is-shallow-repository 2>/dev/null)" = true ]; then \
	  echo "guard: this clone is shallow, so there is no base to compare with"; else iryo guard; fi

synth: setup ## templates and verdict of ENV into cdk.out
	@iryo synth --environment $(ENV)

report: setup ## the evidence of ENV into cdk.out/compliance (BASE=report.json shows what changed)
	@iryo report build --environment $(ENV) $(if $(BASE),--base $(BASE))

kill: setup ## break every rule on purpose in production's templates: the gate must turn red
	@iryo kill

diff: setup ## what deploying ENV would change
	@cdk diff -c environment=$(ENV)

deploy: setup ## judge ENV, guard its stateful data, deploy with the AWS credentials at hand
	@iryo synth --environment $(ENV) && iryo guard deployed cdk.out && cdk deploy --app cdk.out --all

snapshots: setup ## write the template snapshots and the generated docs anew; review the change before you commit it
	@pytest tests/templates/test_snapshots.py --snapshot-update
	@python -m compliance.documents
	@CDK_OUTDIR=build/architecture python app.py production && \
	  python -m compliance.diagram build/architecture docs/architecture.md && \
	  python -m compliance.rights build/architecture docs/rights.md

bench: setup ## the measured figures, ratios in one run
	@python -m bench --write

format: setup ## format and mend what can be mended
	@ruff format . && ruff check --fix .

lock: $(VENV)/.ready ## lock the requirements anew (hashes, no addresses)
	@requirements/lock

clean: ## remove everything that was made here
	@rm -rf $(VENV) node_modules build cdk.out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
