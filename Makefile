# Everything here needs only make and Python 3.11 or later; `make` alone lists what there is.
SHELL = /bin/sh
MAKEFLAGS += --no-print-directory
PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PORT = 8000
BIND = 127.0.0.1
RUN = .venv/bin/python
export PORT BIND
# A second start is quicker when the first one kept what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo stop test test-fast test-browsers test-container test-install lint format messages lock sbom vendor bench clean python dev

help:
	@echo 'make demo      start the demonstration at http://127.0.0.1:8000  (PORT=… BIND=…)'
	@echo 'make stop      stop the demonstration and its database; nothing is lost'
	@echo 'make test      every check and every test, as in continuous integration'
	@echo 'make test-fast the same without a browser, in less than half the time'
	@echo 'make test-browsers  the key pages and journeys in Firefox and WebKitGTK'
	@echo 'make test-container  the image, and the portal that compose.yaml starts from it; as root'
	@echo 'make test-install   install and upgrade on a Debian machine booted for it (root)'
	@echo 'make lint      only what reads the code'
	@echo 'make format    lay the code out'
	@echo 'make messages  gather the strings to translate, compile the catalogues'
	@echo 'make lock      pin every package again, with hashes  (UPGRADE=1: the newest ones)'
	@echo 'make sbom      list what runs, as CycloneDX, in var/sbom.json'
	@echo 'make vendor    fetch Bootstrap and the fonts again into static/vendor'
	@echo 'make bench     measure how quick the site is'
	@echo 'make clean     back to a fresh clone: .venv and var go, with the demonstration’s data'

demo: python
	@exec $(PYTHON) -m scripts.demo start

stop: python
	@$(PYTHON) -m scripts.demo stop

clean: python
	@$(PYTHON) -m scripts.demo clean

test: dev
	@exec $(RUN) -m scripts.suite

test-fast: dev
	@ARGS="-m 'not browser' $$ARGS" exec $(RUN) -m scripts.suite

# The tests of browsers that are missing are skipped, or fail with REQUIRE_BROWSERS=1.
BROWSERS = firefox-esr webkit2gtk-driver xvfb
test-browsers: dev
	-@dpkg-query --show $(BROWSERS) >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] || { apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(BROWSERS); }
	@$(RUN) -m pytest tests/browsers $$ARGS

# They build the image and start it in networks of their own; they fail where a program is missing.
CONTAINERS = aardvark-dns buildah curl debootstrap iptables iproute2 netavark podman runc
test-container: dev
	-@dpkg-query --show $(CONTAINERS) >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] || { apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(CONTAINERS); }
	@$(RUN) -m pytest tests/deploy/container -s $$ARGS

# A Debian machine is booted in namespaces of its own, as root; skipped, or failed with
# REQUIRE_MACHINE=1, where that cannot be. DEBIAN=trixie: another release of Debian.
MACHINE = debootstrap systemd-container slirp4netns
test-install: dev
	-@dpkg-query --show $(MACHINE) >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] || { apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(MACHINE); }
	@$(RUN) -m pytest tests/deploy/install -s $$ARGS

lint: dev
	@exec $(RUN) -m scripts.suite layout code types scripts styles templates

format: dev
	@$(RUN) -m ruff check --fix-only --quiet
	@$(RUN) -m ruff format
	@$(RUN) -m scripts.styles

messages: dev
	@command -v xgettext >/dev/null || { echo 'Gathering strings needs GNU gettext: apt install gettext'; exit 1; }
	@DEMO=1 $(RUN) manage.py makemessages --all --no-obsolete --no-location --ignore=.venv --ignore=var
	@$(RUN) -m scripts.catalogues

# The first has all packages; the others keep to its versions.
LOCKED = requirements-dev $(filter-out requirements-dev,$(basename $(wildcard requirements*.txt)))
lock: dev
	@for name in $(LOCKED); do \
		$(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-annotate --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) \
			$$([ $$name = requirements-dev ] || echo --constraint requirements-dev.lock) \
			$$name.txt --output-file $$name.lock || exit; \
	done

sbom: dev
	@$(RUN) -m cyclonedx_py requirements --output-reproducible --of JSON -o var/sbom.json requirements.lock

vendor: dev
	@$(RUN) -m scripts.vendor

bench: dev
	@$(RUN) -m pytest tests/bench

dev: python
	@$(PYTHON) -m scripts.venv requirements-dev.lock

python:
	@test -n '$(PYTHON)' || { \
		echo "Python 3.11 or later is needed, and this machine has: $$(python3 --version 2>&1 || echo none)."; \
		echo 'Install it, or say where it is: make PYTHON=/path/to/python3.12 demo'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
