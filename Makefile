# Every daily action. Needs Python 3.11 or later, make, and nothing else.

PYTHON = python3
BIN = .venv/bin
ARGS =
# make test SERVICE=support SLICE=cases: one service's suite, one folder of it
SERVICE =
SLICE =

# Every distribution, each after those that it stands on.
DISTRIBUTIONS = shared/kernel shared/events shared/eventlog shared/history shared/chassis deploy/local \
	services/contacts services/sales services/marketing services/support services/loyalty cli

LINT = $(BIN)/ruff check . && $(BIN)/ruff format --check .
TYPES = $(BIN)/mypy
DOCS_CHECK = $(BIN)/python -m tools.documents --check
PYTEST = $(BIN)/python -m pytest
# Whole files to a worker on each core; ARGS=-n0 runs everything in one process.
ON_EVERY_CORE = -n logical --dist loadfile
# One worker more where tests wait for servers a third of their time.
ON_EVERY_CORE_AND_ONE = -n auto --dist loadfile
# Python finds compiled files again, also where the surroundings forbid it to write them: compiling takes seconds.
export PYTHONDONTWRITEBYTECODE =
# The suites that take a minute together, without servers, without fuzzing, without tests that start processes.
QUICK = services shared/kernel shared/events shared/history shared/chassis tests/architecture \
	--without-servers -m "not fault" -k "not (no_request or whatever_is_sent)" \
	--ignore-glob="*/test_process.py" --ignore-glob="*/test_tracing.py"

.PHONY: help demo check test up down install lint format types contracts docs docs-check bench faults simulate mutants constraints clean

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{ printf "%-20s %s\n", $$1, $$2 }'

demo: ## play the story on the embedded default and compare the five histories (ARGS=--serve, ARGS=--json)
	@$(PYTHON) deploy/install.py demo $(DISTRIBUTIONS) >&2
	@$(BIN)/crm demo $(ARGS)

check: install ## lint, check types and stale documents, run the quick tests without any server, in a minute
	@$(LINT)
	@$(TYPES)
	@$(DOCS_CHECK)
	@$(PYTEST) -q $(ON_EVERY_CORE) $(QUICK) $(ARGS)

ifdef SERVICE
test: install
	@$(PYTEST) $(ON_EVERY_CORE) services/$(SERVICE)/tests$(if $(SLICE),/$(SLICE)) $(ARGS)
else
test: install ## run every check and every suite, on real servers (SERVICE=support SLICE=cases: a service's, a slice's)
	@$(BIN)/python -m crm_local where
	@$(LINT)
	@$(TYPES)
	@$(DOCS_CHECK)
	@$(PYTEST) $(ON_EVERY_CORE_AND_ONE) $(ARGS)
endif

up: install ## run the five services until Ctrl-C (ARGS=--real: on PostgreSQL and Kafka)
	@$(BIN)/crm up $(ARGS)

down: install ## stop what an interrupted run left (ARGS=--wipe: and remove its data)
	@$(BIN)/crm down $(ARGS)

install: ## make .venv and install everything into it, unless that is done
	@$(PYTHON) deploy/install.py all $(DISTRIBUTIONS) >&2

lint: install ## lint
	@$(LINT)

format: install ## fix and format
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: install ## check the types
	@$(TYPES)

contracts: install ## write everything that follows from the events: schemas, golden files, samples, catalogs, lists in READMEs
	@$(BIN)/python -m tools.packages
	@$(BIN)/python -m tools.documents

docs: install ## write the generated documents again
	@$(BIN)/python -m tools.documents
	@$(BIN)/python -m tools.mutants --page
	@$(PYTEST) -q $(ON_EVERY_CORE_AND_ONE) -m feature --write-features

docs-check: install ## say which generated documents are stale
	@$(DOCS_CHECK)

bench: install ## measure every figure beside its peer, on PostgreSQL and Kafka
	@$(BIN)/python -m benchmarks $(ARGS)

faults: install ## kill, cut, freeze and spoil, look for anything lost or doubled, write docs/faults.md (ARGS=--help)
	@$(BIN)/python -m tests.faults $(ARGS)

simulate: install ## play thousands of seeds on one thread, shrink what fails to a short trace (ARGS=--help)
	@$(BIN)/python -m tests.simulation $(ARGS)

mutants: install ## change the meaning in one place at a time, say which change no test notices (ARGS=--help)
	@$(BIN)/python -m tools.mutants $(ARGS)

constraints: ## pin the newest versions that fit together in constraints.txt
	@$(PYTHON) deploy/install.py constraints $(DISTRIBUTIONS)

clean: ## remove .venv and every cache; data stay until crm down --wipe
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
