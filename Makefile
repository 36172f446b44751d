# Every target sets up what it needs; a fresh machine needs only python3 (3.11 or newer, with venv) and make.

PYTHON ?= python3
PORT ?= 8000

# Another interpreter gets an environment of its own: `make test PYTHON=python3.13` uses .venv-python3.13.
VENV := .venv$(if $(filter-out python3,$(notdir $(PYTHON))),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
RUN := $(BIN)/python
# What runs the project's own code does not look at the PYTHON* variables of the shell.
ISOLATED := $(RUN) -E
MANAGE := $(ISOLATED) manage.py

# `make run` serves the local settings, whatever the shell that starts it happens to export.
LOCAL := env -u DATABASE_URL -u AWS_LAMBDA_FUNCTION_NAME -u STATIC_ROOT DJANGO_SETTINGS_MODULE=carsite.settings.local

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not: try 'make PYTHON=python3.12 $(MAKECMDGOALS)'." >&2; exit 1; }
	@$(PYTHON) -m venv "$(VENV)" || \
		{ rm -rf "$(VENV)"; echo "'$(PYTHON)' cannot make virtual environments: on Debian and Ubuntu, 'apt install python3-venv'." >&2; exit 1; }

# Every package comes in the version and with the bytes that a lock file names: see `make lock`.
INSTALL := python -m pip install --quiet --disable-pip-version-check --require-hashes -r

$(VENV)/.runtime: requirements.lock | $(RUN)
	@echo "Installing $< into $(VENV); this takes a minute, once."
	$(BIN)/$(INSTALL) $<
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime | $(RUN)
	@echo "Installing $< into $(VENV); this takes a minute, once."
	$(BIN)/$(INSTALL) $<
	@touch $@

CHECKOV := $(VENV)/checkov

$(CHECKOV)/.ready: requirements-checkov.lock | $(RUN)
	$(RUN) -m venv --clear "$(CHECKOV)"
	$(CHECKOV)/bin/$(INSTALL) $<
	@touch $@

.PHONY: run
run: $(VENV)/.runtime ## Serve the API on SQLite at http://127.0.0.1:8000 (PORT= for another)
	@$(LOCAL) $(MANAGE) migrate --verbosity 0
	@$(LOCAL) $(MANAGE) load_cars --if-empty cars/sample/cars.csv
	@echo "API http://127.0.0.1:$(PORT)/cars   docs http://127.0.0.1:$(PORT)/docs   admin http://127.0.0.1:$(PORT)/admin/ (its user: make superuser)"
	@$(LOCAL) $(MANAGE) runserver 127.0.0.1:$(PORT)

.PHONY: run-regular run-dsql
run-regular: $(VENV)/.dev ## Serve the stage regular as deployed, on PostgreSQL (PORT= for another port)
run-dsql: $(VENV)/.dev ## Serve the stage dsql as deployed, on a stand-in for Aurora DSQL (PEER=1: in two regions)
run-regular run-dsql: run-%:
	@$(ISOLATED) -m tests.rig.stages $* --port $(PORT) $(if $(PEER),--peer)

.PHONY: rehearse
rehearse: $(VENV)/.dev ## Take every step of the guide, and a second environment along, without AWS (PEER=1: two regions)
	@$(ISOLATED) -m tests.rehearsal $(if $(PEER),--peer,--beside)

ENVIRONMENT ?= default

.PHONY: deploy-policy
deploy-policy: $(VENV)/.runtime ## Print what whoever deploys must be allowed, as an IAM policy (ENVIRONMENT=)
	@$(ISOLATED) -m carsite.deploy.policy "$(ENVIRONMENT)"

.PHONY: verify
verify: $(VENV)/.runtime ## Ask a deployed service whether all is well (URL=https://.../dsql)
	@$(ISOLATED) -m carsite.verify "$(URL)"

.PHONY: superuser
superuser: $(VENV)/.runtime ## Make a user for the local admin
	@$(LOCAL) $(MANAGE) migrate --verbosity 0
	@$(LOCAL) $(MANAGE) createsuperuser

.PHONY: rds-ca
rds-ca: $(VENV)/.runtime ## Fetch the certificates that Aurora's TLS chains to, once
	@$(LOCAL) $(MANAGE) fetch_rds_ca

# The type checker uses one processor, so tests begin beside it.
WITH_LINT := --no-print-directory --jobs=2 lint
# The first to fail may have said so long before the other one's last line.
WHICH := { echo "Something failed: 'make lint' repeats the linters alone." >&2; exit 1; }

# Hundreds of processes import the project and keep no bytecode: each would compile it again.
COMPILE := $(ISOLATED) -m compileall -q carsite cars dbauth tests

.PHONY: check quick-tests
check: $(VENV)/.dev ## Run the linters, the type checker and the tests that need no server: a minute
	@$(MAKE) $(WITH_LINT) quick-tests || $(WHICH)

quick-tests: $(VENV)/.dev
	@$(COMPILE)
	$(ISOLATED) -m pytest -n logical -m "not server"

# Python 3.12 tells which lines were reached at hardly any cost; before, tests took twice as long.
COVERED := build/coverage.json
WITH_COVERAGE := import sys; sys.version_info < (3, 12) or print("--cov --cov-report=json:$(COVERED)")

.PHONY: test all-tests
test: $(RUN) ## Run the linters, the type checker and every test
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.dev $(CHECKOV)/.ready  # pip uses one processor
	@$(MAKE) $(WITH_LINT) all-tests || $(WHICH)

all-tests: $(VENV)/.dev
	@rm -f $(COVERED)
	@$(COMPILE)
	$(ISOLATED) -m pytest $$($(ISOLATED) -c '$(WITH_COVERAGE)')
	@$(ISOLATED) -m tests.coverage $(COVERED)

.PHONY: django-suite
django-suite: $(VENV)/.dev ## Run Django's own tests on the backends, hours (LABELS= some); writes docs/dsql.md
	$(ISOLATED) -m tests.django_suite $(LABELS)

.PHONY: third-party
third-party: $(VENV)/.dev ## Run the migrations of popular packages on DSQL, an hour (PACKAGES= some); writes docs/dsql.md
	$(ISOLATED) -m tests.third_party $(PACKAGES)

EVENTS ?= 2000

.PHONY: chaos
chaos: $(VENV)/.dev ## Let random faults happen to the service on DSQL (EVENTS= how many)
	CHAOS_EVENTS=$(EVENTS) $(ISOLATED) -m pytest -n 0 -k whatever_happens tests/dbauth/dsql

.PHONY: two-regions
two-regions: $(VENV)/.dev ## Run the contract with each request to either of two regions, and lose one for a minute
	CONTRACT_SERVICES=two-regions $(ISOLATED) -m pytest -n 0 tests/contract
	REGIONS_PHASE_SECONDS=12 $(ISOLATED) -m pytest -n 0 -rP -k lost_twice tests/regions

BENCH := $(VENV)/bench

$(BENCH)/.ready: benchmarks/requirements.lock | $(RUN)
	@echo "Installing $< into $(BENCH); this takes a minute, once."
	$(RUN) -m venv --clear "$(BENCH)"
	$(BENCH)/bin/$(INSTALL) $<
	@touch $@

.PHONY: bench
bench: $(BENCH)/.ready ## Run the benchmarks beside the peers, half an hour (QUICK=1: less); writes docs/benchmarks.md
	QUICK=$(QUICK) $(BENCH)/bin/python -E -m benchmarks

.PHONY: lint
lint: $(VENV)/.dev ## Run the linters and the type checker
	$(ISOLATED) -m ruff check .
	$(ISOLATED) -m ruff format --check .
	$(LOCAL) $(ISOLATED) -m mypy
	$(ISOLATED) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache
	$(BIN)/zizmor --offline --quiet .github

.PHONY: checkov
checkov: $(CHECKOV)/.ready ## Look for insecure Terraform
	$(CHECKOV)/bin/python -m checkov.main --directory terraform --framework terraform --skip-download --quiet --compact

.PHONY: format
format: $(VENV)/.dev ## Format the code and fix what the linter can
	$(ISOLATED) -m ruff check --fix-only .
	$(ISOLATED) -m ruff format .

# The locks hold for every platform. Each keeps to the versions of the one before it, and to its own
# of the last time unless UPGRADE=1.
LOCK = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(VENV)/.dev ## Pin all packages with hashes after a change of requirements (UPGRADE=1: the newest)
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) benchmarks/requirements.txt --constraint requirements-dev.lock --output-file benchmarks/requirements.lock
	$(LOCK) requirements-checkov.txt --output-file requirements-checkov.lock

.PHONY: audit
audit: $(VENV)/.dev ## Look the locked packages up among known vulnerabilities
	@for lock in requirements requirements-dev benchmarks/requirements requirements-checkov; do \
		$(BIN)/python -m pip_audit --disable-pip --require-hashes -r $$lock.lock || exit 1; done

.PHONY: package
package: $(VENV)/.runtime ## Build both Lambda archives in build/, without deploying
	@mkdir -p build
	@for stage in regular dsql; do \
		VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(ISOLATED) -m zappa.cli package $$stage --output build/$$stage.zip || exit 1; done

.PHONY: pictures
pictures: $(VENV)/.dev ## Redraw the diagrams and retake the screenshots of the README, in docs/pictures/
	$(ISOLATED) -m docs.pictures.architecture
	$(ISOLATED) -m docs.pictures.screenshots

.PHONY: schema
schema: $(VENV)/.dev ## Rewrite carsite/openapi.json from the code
	env -u DATABASE_URL DJANGO_SETTINGS_MODULE=carsite.settings.schema $(MANAGE) spectacular \
		--format openapi-json --validate --fail-on-warn --file carsite/openapi.json

.PHONY: clean
clean: ## Remove environments, caches and build products; data stays
	rm -rf .venv* .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
