# dldetect: make demo · make test · make bench · make lint · make fuzz
# Each installs what it needs from Debian's packages where it may, or says what to run.

SHELL := /bin/bash
BUILD := swift build -c release
BINARY = $(shell $(BUILD) --show-bin-path)/dldetect
DEMO := runs/demo

.PHONY: build demo test bench lint fuzz libraries clean

build: libraries
	$(BUILD)

libraries:
	@scripts/install-libraries

demo: build
	@scripts/demo $(DEMO) $(BINARY)

test: build
	$(BUILD) --build-tests
	swift test -c release --skip-build

bench: build .build/pytorch
	@scripts/install-libraries gnuplot-nox
	@$(MAKE) --no-print-directory -C benchmarks/floor
	@benchmarks/side_by_side.py $(BINARY) --python .build/pytorch/bin/python
	@benchmarks/performance.py runs/bench/speed.json

.build/pytorch: benchmarks/requirements.txt
	@scripts/install-libraries python3-venv python3-dev
	python3 -m venv $@
	$@/bin/pip install -q -r $<
	@touch $@

lint: libraries
	@scripts/lint

INPUTS := 10000
SEED := 1

fuzz: libraries
	@scripts/fuzz $(INPUTS) $(SEED)

clean:
	swift package clean
