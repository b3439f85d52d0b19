# Everything a stranger needs. `make demo` runs it, `make test` proves it.
PYTHON ?= python3
PORT ?= 8000
V := .venv/bin
LOCK := requirements
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo setup dev test check lint types pytest browser lock clean help tools

help:            ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

setup: .venv/ready-run webmap/static/dist/ready   ## .venv with lotleaf, and the front end

$(V)/python:
	$(PYTHON) -m venv .venv

.venv/ready-run: $(LOCK)/run.txt pyproject.toml | $(V)/python
	$(V)/python -m pip install -q --require-hashes -r $(LOCK)/run.txt
	$(V)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-dev: $(LOCK)/dev.txt .venv/ready-run
	$(V)/python -m pip install -q --require-hashes -r $(LOCK)/dev.txt
	@touch $@

lock: | $(V)/python    ## write the lock files anew
	$(V)/python -m pip install -q "uv>=0.7"
	$(V)/uv pip compile pyproject.toml --group build $(LOCKFLAGS) -o $(LOCK)/run.txt
	$(V)/uv pip compile pyproject.toml --group build --group dev $(LOCKFLAGS) -c $(LOCK)/run.txt -o $(LOCK)/dev.txt
LOCKFLAGS := --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q
