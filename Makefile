# What one types. `make demo` and `make test` set up what they need by themselves.
#
#   make demo            crawl the bundled sample blog into ./demo-archive and open it in the browser
#   make demo BLOG=URL   the same with a blog of your own choice
#   make test            everything: lint, then the whole suite (wants root or the packages of `make system`)
#   make test-waline     comments at a real Waline, from 270 MB of npm packages (wants Node.js)
#   make test-slurm      a job of `archiver emit slurm` on a real Slurm of two nodes (wants root)
#   make test-fast       unit and golden tests only, under a minute
#   make lint            ruff, mypy, import contracts, docs
#   make docs            the docs alone: links, command lines, settings
#   make venv            .venv with the package (editable) and the development tools
#   make generators      the floor against generators that the suite leaves out: Hexo, Eleventy, Mezzanine (wants npm)
#   make plot            Observable Plot as one file for the pages, from what bundle/ pins (wants npm)
#   make system          the Debian packages that the whole suite needs
#   make readers         .venv/readers: pandas and ConvoKit, which the suite has read exports
#   make clean           caches, build products and ./demo-archive; .venv stays

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-fast test-slurm test-waline lint docs generators plot venv system readers clean

VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
PYWB := $(VENV)/pywb/.complete
COMPILED := $(VENV)/.compiled
# What Python has compiled once need not be compiled by each of a thousand processes.
unexport PYTHONDONTWRITEBYTECODE

# Any Python >= 3.11 that can make a venv and has SQLite; name another one with PYTHON=….
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14)
USABLE := import sys, ensurepip, venv, sqlite3; sys.exit(sys.version_info < (3, 11))

# The suite crawls a real WordPress, reads what real static generators make, looks at the pages in a real browser,
# has a real cron run a schedule, and opens exports in LibreOffice (276 MB, the smallest that has a spreadsheet).
PACKAGES := chromium cron curl fonts-noto-core fonts-noto-cjk hugo jekyll \
	jekyll-theme-minima libreoffice-calc-nogui mariadb-server pelican \
	php-cli php-curl php-gd php-mbstring php-mysql php-sqlite3 php-xml \
	postgresql ruby-jekyll-feed ruby-jekyll-seo-tag sqlite3 wordpress wordpress-theme-twentytwentyone \
	wordpress-theme-twentytwentytwo wordpress-theme-twentytwentythree
APT_INSTALL := apt-get install -y --no-install-recommends
# SYSTEM=no goes on without them; the tests that need them are then skipped (and fail when CI=true).
SYSTEM ?= yes

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

export BLOG
demo: venv
	@$(BIN)/archiver demo $${BLOG:+"$$BLOG"}

# What need not wait for one another is made and looked at at the same time; docs are looked at by the suite, too.
# Whoever may not install packages is told so before anything else.
# A file at a time to each process, the slow ones first (tests/conftest.py); one process more than there are cores,
# since many tests wait for servers, clocks and locks.
# The summary of pytest is the last line of a run that passes.
test: may-install
	@$(MAKE) --jobs=4 --output-sync=target ready
	@$(PYTEST) -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder

test-fast: venv
	@$(PYTEST) -n auto -m 'not slow and not browser and not wordpress' tests/unit tests/golden

lint: style types docs

.PHONY: ready style types may-install
ready: system $(COMPILED) types style readers $(PYWB)
style: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
types: venv
	$(BIN)/mypy

docs: venv
	@$(PYTEST) -q tests/house/test_docs.py

# Their packages are kept in .venv, so that they are set up once.
TOOLS := $(VENV)/generators
generators: venv
	@command -v npm >/dev/null || { echo 'npm was not found. On Debian: apt-get install npm' >&2; exit 1; }
	@mkdir -p $(TOOLS) && cp tests/generators/package.json $(TOOLS)/
	@npm install --prefix $(TOOLS) --no-audit --no-fund --silent
	@test -x $(TOOLS)/mezzanine/bin/python || $(BIN)/python -m venv $(TOOLS)/mezzanine
	@$(TOOLS)/mezzanine/bin/python -m pip install --quiet mezzanine markdown
	@$(PYTEST) -q tests/generators --generators $(TOOLS)

# ---- .venv: made once; brought up to date when pyproject.toml changes; made anew when the checkout has moved

STAMP := $(VENV)/.complete
# Observable Plot as one file, from what bundle/package-lock.json pins; it is committed, so only a new version needs this.
plot:
	cd bundle && npm ci --no-audit --no-fund && npm run build

venv: $(STAMP)

# The scripts of a venv carry its path.
HERE := grep -qsF '$(CURDIR)/$(VENV)/' $(BIN)/pip && $(BIN)/python -c 'import pip' 2>/dev/null
ifneq ($(shell $(HERE) && echo yes),yes)
.PHONY: $(STAMP) $(VENV)/readers/.complete $(PYWB)
endif

# $(call install,PYTHON,WHAT): uv takes a quarter of pip's time. pip does it where uv fails, or was not to be had;
# it knows groups since 25.1.
UV := $(BIN)/uv
PIP := $(BIN)/python -m pip --disable-pip-version-check
install = { test -x $(UV) && $(UV) pip install --quiet --python $(1) $(2); } \
	|| { $(PIP) install --quiet 'pip>=25.1' && $(PIP) --python $(1) install --quiet $(2); }

# Whoever has told pip an index, to be asked instead of PyPI, has not told uv.
UV_FITS := ! $(PIP) config list | grep -q '\.index-url='

$(STAMP): pyproject.toml
	@$(HERE) || { \
		for python in $(PYTHONS); do \
			if "$$python" -c '$(USABLE)' 2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo 'No Python >= 3.11 with venv and sqlite3 was found (tried: $(PYTHONS)).' >&2; \
			echo 'On Debian: apt-get install python3-venv; elsewhere: make venv PYTHON=/path/to/python3' >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$("$$found" -V)"; \
		"$$found" -m venv --clear $(VENV); \
	}
	@echo 'Installing blog-archiver and its tools into $(VENV) (once; a minute or two)'
	@{ $(UV_FITS) && $(PIP) install --quiet uv; } || rm -f $(UV)
	@$(call install,$(BIN)/python,--editable . --group dev)
	@touch $(STAMP)

# All that tests import, compiled once: else each process of pytest does it, and all at the same time. What fails at
# being imported, they tell.
$(COMPILED): $(STAMP)
	@$(PYTEST) -q --collect-only >/dev/null 2>&1 || true
	@touch $@

# ---- who reads exports: heavy, and pandas would be loaded by sqlite-utils, so an environment of its own

READERS := $(VENV)/readers
readers: $(READERS)/.complete
$(READERS)/.complete: tests/exports/readers.txt tests/exports/convokit.txt | $(STAMP)
	@echo 'Installing pandas and ConvoKit into $(READERS) (once; a minute or two)'
	@$(BIN)/python -m venv --without-pip --clear $(READERS)
	@$(call install,$(READERS)/bin/python,-r tests/exports/readers.txt)
	@$(call install,$(READERS)/bin/python,--no-deps -r tests/exports/convokit.txt)
	@touch $@

# ---- Waline: a comment server that is too heavy for every run; npm builds its SQLite with the headers of Node.js

WALINE := $(VENV)/waline
test-waline: $(WALINE)/.complete
	@$(PYTEST) -q tests/crawl/waline_server.py
$(WALINE)/.complete: | $(STAMP)
	@echo 'Installing Waline into $(WALINE) (once; some minutes)'
	@mkdir -p $(WALINE)
	@npm_config_nodedir=/usr npm install --silent --no-audit --no-fund --prefix $(WALINE) '@waline/vercel@1'
	@touch $@

# ---- Slurm: two nodes on loopback, for what `archiver emit slurm` prints; its daemons want root

SLURM := munge slurm-client slurmctld slurmd
test-slurm: venv
	@$(MAKE) system PACKAGES='$(SLURM)'
	@$(PYTEST) -q tests/fleet/slurm_cluster.py

# ---- pywb, the web archive that the tests ask: in an environment of its own, since it wants other versions than we do

PYWB_WANTED := 'pywb>=2.8,<3'
$(PYWB): | $(STAMP)
	@echo 'Installing pywb for the tests into $(VENV)/pywb (once)'
	@$(BIN)/python -m venv --without-pip $(VENV)/pywb
	@$(call install,$(VENV)/pywb/bin/python,$(PYWB_WANTED))
	@touch $@

# ---- Debian packages

# What is missing and cannot be installed is said; what can be, `system` installs.
MISSING := missing=; for package in $(PACKAGES); do \
	dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done
may-install:
ifeq ($(SYSTEM),yes)
	@command -v dpkg-query >/dev/null || { \
		echo 'Not a Debian system. Install the equivalents of: $(PACKAGES)' >&2; \
		echo 'or go on without the tests that need them: make $(or $(MAKECMDGOALS),test) SYSTEM=no' >&2; exit 1; }
	@[ "$$(id -u)" -ne 0 ] || exit 0; $(MISSING); \
	[ -z "$$missing" ] || { \
		echo "Some Debian packages are missing. Run this, then make again:" >&2; \
		echo "    sudo apt-get update && sudo $(APT_INSTALL)$$missing" >&2; exit 1; }
endif

system: may-install
ifeq ($(SYSTEM),yes)
	@$(MISSING); \
	[ -n "$$missing" ] || exit 0; \
	echo "Installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get -q update && $(APT_INSTALL) -q -o DPkg::Lock::Timeout=300 $$missing
endif

clean:
	rm -rf $(COMPILED) build dist *.egg-info demo-archive .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find archiver spiders db tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
