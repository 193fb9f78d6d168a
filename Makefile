# Each target sets up what it needs in .venv from the locked, hashed requirements: Python 3.11 or later and make suffice.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help validate test fuzz lint bench bench-large docs site lock clean

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

validate: .venv/.validate ## check the data
	$(BIN)/sumy2022 validate

test: .venv/.dev ## run all tests
	$(BIN)/python -m pytest

SECONDS ?= 60
fuzz: .venv/.fuzz ## look for bytes that break a reader, SECONDS=60 for each of five
	$(BIN)/python tests/fuzz.py --seconds $(SECONDS)

lint: .venv/.dev ## check the code, its types, the generated pages and the workflows
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/sumy2022 docs --check
	$(BIN)/sumy2022 fmt --check
	$(BIN)/zizmor --offline --no-progress --quiet --strict-collection .
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*-*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/pre-commit validate-config .pre-commit-config.yaml
	$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml

bench: .venv/.dev ## measure against the peers and write docs/performance.md (20 minutes)
	$(BIN)/python bench/run.py

bench-large: .venv/.dev ## the same up to 5,000,000 events (30 minutes, 10 GB of memory)
	$(BIN)/python bench/run.py --largest 5000000

docs: .venv/.dev ## write all generated pages, CITATION.cff included
	$(BIN)/sumy2022 docs

site: .venv/.validate site/node_modules/.package-lock.json ## build the explorer, a static site, into dist/site
	rm -rf dist/site-data
	$(BIN)/sumy2022 export site --output dist/site-data
	npm run --silent --prefix site check
	npm run --silent --prefix site build

lock: .venv/.dev ## renew the locked requirements
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command 'make lock' --extra validate pyproject.toml requirements/validate.in \
	  -o requirements/validate.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command 'make lock' -c requirements/validate.txt --all-extras pyproject.toml requirements/dev.in \
	  -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command 'make lock' -c requirements/dev.txt requirements/fuzz.in -o requirements/fuzz.txt

clean: ## remove everything that was built
	rm -rf .venv .fuzz .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist site/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or later is needed; name one with make PYTHON=python3.12 ...' >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.validate: requirements/validate.txt pyproject.toml | .venv/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements/validate.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q validators  # as pip does for what it installs: the command starts faster
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.validate
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.fuzz: requirements/fuzz.txt .venv/.dev
	$(PIP) install --require-hashes -r requirements/fuzz.txt
	@touch $@

site/node_modules/.package-lock.json: site/package-lock.json
	npm ci --prefix site
	@touch $@
