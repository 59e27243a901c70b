# The front door; thin over meson and npm. `make help` lists what there is.
.DEFAULT_GOAL := all
.PHONY: all run test check lint corpus oracle bench fuzz soak prove-fresh deps install clean help

BUILD      := build
TESTBUILD  := build-test
PREFIX     ?= /usr/local
comma      := ,
NODE       := .deps/node/bin/node
# $(call setup,DIR,OPTIONS): configured once; silent unless it fails.
setup       = [ -f $(1)/build.ninja ] || { mkdir -p $(1) && meson setup $(1) $(2) >$(1)/setup.log 2>&1; } || \
              { cat $(1)/setup.log; rm -rf $(1); exit 1; }

all: deps-build             ## build build/headgate
	@$(call setup,$(BUILD),--buildtype=debugoptimized)
	@ninja -C $(BUILD) --quiet src/main/headgate
	@ln -sf src/main/headgate $(BUILD)/headgate

run: all                    ## install what is missing, build, start a development server on an embedded database
	$(BUILD)/headgate serve --dev --data data

test: deps                  ## every test, under ASan and UBSan; ends with "N passed, N failed, N skipped"
	@$(call setup,$(TESTBUILD),-Db_sanitize=address$(comma)undefined -Darena=emulate)
	@ninja -C $(TESTBUILD) --quiet
	@python3 tests/run.py --build $(TESTBUILD) --node $(NODE)

check: deps-check           ## format, layers, sizes, spelling, subjects: under 40 s
	@python3 tools/check.py

lint: deps-check            ## clang-tidy over src
	@export CC=clang; $(call setup,build-lint,)
	@ninja -C build-lint -t targets rule CUSTOM_COMMAND | grep ^src/ | xargs ninja -C build-lint --quiet
	@run-clang-tidy-19 -quiet -p build-lint -j 2 '^$(CURDIR)/src/[^/]+/[^/]+\.c$$' 2>/dev/null | grep -E 'error|warning' ; test $$? -eq 1

corpus: deps                ## the real files under HEADGATE_CORPUS
	@$(call setup,$(TESTBUILD),-Db_sanitize=address$(comma)undefined -Darena=emulate)
	@ninja -C $(TESTBUILD) --quiet
	@python3 tests/run.py --build $(TESTBUILD) --suite corpus --show

oracle: deps                ## the evaluators against their plain twins: 200,000 random tenants (ORACLE_TENANTS=…, ORACLE_SEED=…)
	@$(call setup,build-bench,--buildtype=release)
	@ninja -C build-bench --quiet
	@python3 tests/oracle/lifetime/lifetime.py build-bench/tests/oracle/lifetime/lifetime_driver tests/cases/lifetime \
	  $${ORACLE_TENANTS:-200000} $${ORACLE_SEED:-1}
	@python3 tests/oracle/expressions/expressions.py build-bench/tests/oracle/expressions/expression_driver \
	  tests/cases/expressions $${ORACLE_TENANTS:-200000} $${ORACLE_SEED:-1}
	@python3 tests/oracle/policy/compare.py build-bench/tests/oracle/policy/policy_driver tests/cases/policy \
	  $${ORACLE_TENANTS:-200000} $${ORACLE_SEED:-1} --sample 2000 --progress

bench: deps                 ## one program a promise, each beside its floor
	@$(call setup,build-bench,--buildtype=release)
	@ninja -C build-bench --quiet
	@python3 bench/run.py build-bench

fuzz: deps-check            ## ten seconds of libFuzzer for each target (FUZZ_SECONDS=…)
	@export CC=clang; $(call setup,build-fuzz,-Dfuzz=true -Db_sanitize=address$(comma)undefined -Db_lundef=false)
	@ninja -C build-fuzz --quiet
	@python3 fuzz/run.py build-fuzz --seconds $${FUZZ_SECONDS:-10}

soak: deps                  ## kills, oracles, the store and fuzzing for longer, with fresh seeds (SOAK="--kills 200 …")
	@$(call setup,$(TESTBUILD),-Db_sanitize=address$(comma)undefined -Darena=emulate)
	@ninja -C $(TESTBUILD) --quiet
	@export CC=clang; $(call setup,build-fuzz,-Dfuzz=true -Db_sanitize=address$(comma)undefined -Db_lundef=false)
	@ninja -C build-fuzz --quiet
	@python3 tests/soak.py --build $(TESTBUILD) --fuzz build-fuzz --node $(NODE) $(SOAK)

prove-fresh:                ## both commands on a bare Debian 12 in a chroot (root; 20 min)
	@tools/deps fresh
	@tools/prove_fresh

deps: deps-build            ## Debian packages and Node that tests need, where missing
	@tools/deps test

.PHONY: deps-build deps-check
deps-build:
	@tools/deps build
deps-check:
	@tools/deps check

install: all                ## into $(PREFIX)
	install -D -m 0755 $(BUILD)/src/main/headgate $(DESTDIR)$(PREFIX)/bin/headgate

clean:                      ## remove what was built
	rm -rf build build-*

help:                       ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):[^#]*## /  \1\t/' | expand -t 16
