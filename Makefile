# dldetect: make demo · make test · make bench · make lint
# Each installs what it needs from Debian's packages where it may, or says what to run.

SHELL := /bin/bash
BUILD := swift build -c release
BINARY = $(shell $(BUILD) --show-bin-path)/dldetect
DEMO := runs/demo

.PHONY: build demo test bench lint libraries clean

build: libraries
	$(BUILD)

libraries:
	@scripts/install-libraries

demo: build
	@scripts/demo $(DEMO) $(BINARY)

test: build
	$(BUILD) --build-tests
	swift test -c release --skip-build

bench: build
	@$(MAKE) --no-print-directory -C benchmarks/floor
	@benchmarks/step_against_floor.py $(BINARY)
	@if grep -q avx512_bf16 /proc/cpuinfo; then benchmarks/step_against_floor.py $(BINARY) --precision bf16; fi

lint: libraries
	@scripts/lint

clean:
	swift package clean
