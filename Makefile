# `make` alone lists the targets.
PORT ?= 8080
ARGS ?=
API ?=
# The interpreter that .venv is built with: the first of these that is new enough.
PYTHON ?= python3.11 python3.12 python3.13 python3.14 python3 python

BIN := .venv/bin
READY := .venv/.ready
# The same for what serving needs, in a smaller environment that is built in seconds.
SERVING := .venv-serve/.ready
# The folder that .venv was built in. If the folder has moved, or the environment has lost its
# Python, it is built again; if only its requirements changed, they are installed into it.
BUILT_IN := $(shell $(BIN)/python -c '' 2>/dev/null && cat $(READY) 2>/dev/null)
SERVING_IN := $(shell .venv-serve/bin/python -c '' 2>/dev/null && cat $(SERVING) 2>/dev/null)
# Where everything is there already, it serves as well.
SERVE_WITH := $(if $(filter $(CURDIR),$(BUILT_IN)),.venv,.venv-serve)

# A test that starts Python or pytest would compile everything anew each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help serve test test-fast test-lowest check screenshots docs contract fidelity mutation standin fixtures bench lint types constraints clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

serve: $(SERVE_WITH)/.ready ## Serve all APIs on 127.0.0.1 (PORT=8080, ARGS="--persona empty")
	@$(SERVE_WITH)/bin/mock-server serve --port $(PORT) $(ARGS)

test: $(READY) ## Run the project's own tests (ARGS="tests/engine -k media")
	@echo "Running all tests: about a quarter of an hour on two cores (make test-fast: two minutes)" >&2
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

# Of each part the tests that a change is likely to break; no server is started, no run is made.
FAST := tests/engine tests/openapi tests/state tests/faults tests/journal tests/control \
  tests/test_layers.py tests/test_request_log.py tests/test_command_line.py
test-fast: $(READY) ## Run the tests that a change should pass first, in under two minutes
	$(BIN)/pytest -n 2 -q $(FAST) $(ARGS)

# The oldest Python and the oldest version of each dependency that pyproject.toml allows; what these
# bring in themselves is as new as they allow.
test-lowest: PYTHON = python3.11
test-lowest: $(READY) ## Run the same tests with the lowest versions that pyproject.toml allows
	@$(call build_environment,build/lowest)
	$(BIN)/python -m tests.packaging.lowest > build/lowest.txt
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check -c build/lowest.txt -e '.[all]' pytest-xdist
	build/lowest/bin/python -m pytest -n 2 -q $(FAST) $(ARGS)

check: $(READY) ## Check the specs, their examples, the handlers and the provenance marks
	$(BIN)/mock-server check

contract: $(READY) ## Test the mocks with every check and property (API="cliniko built" for some, ARGS="--seed 2")
	$(BIN)/contract-tests run $(API) $(ARGS)

fidelity: $(READY) ## Make docs/fidelity.md from the rules, and from how Prism fares by them
	$(BIN)/contract-tests fidelity --page --beside benchmarks/prism.json > docs/fidelity.md

mutation: $(READY) ## Plant defects in the mocks and see who finds them (ARGS="--api cliniko --seeds 3")
	$(BIN)/python -m lab.mutation $(ARGS)

standin: $(READY) ## Serve the stand-in for a real service (PORT=8080, ARGS="--defect local-time")
	@$(BIN)/python -m lab.standin --port $(PORT) $(ARGS)

fixtures: $(READY) ## Write the golden data sets of fixtures/ again
	$(BIN)/python fixtures/generate.py

screenshots: $(READY) ## Take the screenshots of the console again, with chromium
	$(BIN)/python -m tests.console.screenshots

docs: $(READY) ## Write the reference pages, and build the documentation in build/site
	$(BIN)/python docs/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

bench: $(READY) ## Measure the mock beside its peers, and write docs/performance.md (about 12 minutes)
	$(BIN)/python -m benchmarks.peers --write $(ARGS)

lint: $(READY) ## Check style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## Check types
	$(BIN)/mypy

constraints: PYTHON = python3.11
constraints: ## Pin the newest versions that pyproject.toml allows in constraints.txt
	@$(call build_environment,build/constraints)
	build/constraints/bin/python -m pip install --quiet '.[dev]'
	@{ printf '%s\n' \
	  '# The versions that the project is developed and tested with: of its dependencies, its dev' \
	  '# dependencies and all that these bring in. Made under Python 3.11 by `make constraints`, which' \
	  "# installs '.[dev]' in an empty environment and writes down what is in it."; \
	  build/constraints/bin/python -m pip freeze --exclude inventory-mock-server; \
	} > build/constraints.txt
	@mv build/constraints.txt constraints.txt
	@rm -rf build/constraints

clean: ## Remove .venv and everything else that was built
	rm -rf .venv .venv-serve build dist reports .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ifneq ($(BUILT_IN),$(CURDIR))
.PHONY: $(READY)
endif
$(READY): pyproject.toml constraints.txt
ifneq ($(BUILT_IN),$(CURDIR))
	@$(call build_environment,.venv)
endif
	@echo "Installing the project and all that its tests need; this takes a minute or two" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@echo '$(CURDIR)' > $@

ifneq ($(SERVING_IN),$(CURDIR))
.PHONY: $(SERVING)
endif
$(SERVING): pyproject.toml
ifneq ($(SERVING_IN),$(CURDIR))
	@$(call build_environment,.venv-serve,--without-pip)
endif
	@echo "Installing what serving needs; this takes about half a minute" >&2
	@$(call pip_of,.venv-serve) install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[console]'
	@echo "Starting the server" >&2
	@echo '$(CURDIR)' > $@

# $(call pip_of,FOLDER): the pip of the Python that the environment was built with, which works in it,
# as pip is the slowest part of an environment to build; its own where that Python has none.
define pip_of
pip="$$($(1)/bin/python -c 'import sys; print(sys._base_executable)') -m pip --python $(1)/bin/python"; \
$$pip --version >/dev/null 2>&1 \
  || { pip="$(1)/bin/python -m pip"; $(1)/bin/python -m ensurepip >/dev/null; } && $$pip
endef

# $(call build_environment,FOLDER,OPTIONS): an empty virtual environment there, or one line saying why
# not.
define build_environment
for python in $(PYTHON); do \
  "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || continue; \
  echo "Building $(1) with $$python" >&2; \
  "$$python" -m venv --clear $(1) $(2) && exit 0; exit 1; \
done; \
echo "Python 3.11 or later with its venv module is needed (on Debian: python3-venv); tried: $(PYTHON)" >&2; \
exit 1
endef
