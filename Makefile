# synastry: a PostgreSQL extension that compares birth charts.
#
# `make demo` and `make check` set up what they need and work in a private copy of the checkout
# and of PostgreSQL, so they run before PostgreSQL is even installed. All other targets are those
# of any PGXS extension, for the server that PG_CONFIG belongs to.

driver_targets = help demo demo-stop check check-all bench format dist

ifneq ($(filter $(driver_targets),$(MAKECMDGOALS)),)

# ---- targets of the driver: no PGXS, no pg_config -----------------------------------------------

help: ## show this list
	@awk -F ': ## ' '/^[a-z-]+: ## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## start a throw-away server with sixty people in it and show what synastry can do
	@test/run demo

demo-stop: ## stop that server and remove its directory
	@test/run demo-stop

check: ## build with warnings as errors and run every test
	@test/run check

check-all: ## that and the long tests of test/suites; SUITES="fuzz load" runs only these
	@test/run check-all $(SUITES)

bench: ## measure the release build; PARTS="rows report" measures only these
	@test/run bench $(PARTS)

format: ## lay out the C sources like PostgreSQL's own
	@test/run format

dist: ## pack the commit that is checked out as synastry-VERSION.zip, for PGXN
	@test/harness/dist

# `make clean check`: goals that are not the driver's go to a make of their own.
.DEFAULT:
	@$(MAKE) $@

.PHONY: $(driver_targets)

else

# ---- the extension ------------------------------------------------------------------------------

EXTENSION = synastry
MODULE_big = synastry

# The version lives in the control file.
EXTVERSION := $(shell sed -nE "s/^default_version *= *'(.*)'/\1/p" synastry.control)

OBJS := $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
DATA := $(wildcard sql/synastry--*.sql)

# Regression tests in the order in which they read best; sql/NAME.sql and expected/NAME.out.
REGRESS = install rights chart chart_construct chart_document bodies aspect_set score_model \
	people houses aspect_matrix aspects pictures motion uncertainty score orbs oracle \
	prepared plans declination compatibility peers patterns report tally chart_agg \
	composite davison group_tally uses batch cross cache stats index_store index_search \
	index_cross

ISOLATION := $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=synastry
PROVE_TESTS = test/t/*.pl

# Outputs must not depend on the locale of the server under test.
ENCODING = UTF8
NO_LOCALE = 1

unlisted_tests := $(filter-out $(REGRESS),$(patsubst sql/%.sql,%,$(filter-out $(DATA),$(wildcard sql/*.sql))))
ifneq ($(if $(filter file,$(origin REGRESS)),$(unlisted_tests)),)
unlisted_message = not listed in REGRESS: $(unlisted_tests)
$(if $(WERROR),$(error $(unlisted_message)),$(warning $(unlisted_message)))
endif

# Only what SQL calls leaves the library: our names must not meet those of the server, which takes
# care of it itself from version 16 on.
visibility = -fvisibility=hidden

# No contraction to fused multiply-add: results are the same bits on every machine.
PG_CPPFLAGS = -Isrc -DSYNASTRY_VERSION='"$(EXTVERSION)"' \
	-DPGDLLEXPORT='__attribute__((visibility("default")))'
PG_CFLAGS = $(visibility) -ffp-contract=off

# WERROR=1: more warnings than PostgreSQL asks for, all of them errors. Its headers are not clean
# under the two that are switched off.
ifdef WERROR
PG_CFLAGS += -Wextra -Wshadow=local -Wno-unused-parameter -Wno-sign-compare -Werror
endif

PG_CONFIG ?= pg_config
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
server_headers := $(wildcard $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)/postgres.h)

ifneq ($(and $(PGXS),$(server_headers)),)

all: ## build the extension for the server of PG_CONFIG
install: ## install it there
installcheck: ## run the regression and isolation tests against that server, as any PGXS project
uninstall: ## remove it from there
clean: ## remove what the build made

include $(PGXS)

BITCODE_CFLAGS += $(visibility) -ffp-contract=off

# The kernels: one file an instruction set, with that file's flags and no others; clang compiles
# the same files to bitcode and needs the same flags.
kernel_objects := $(filter src/kernel/%,$(OBJS))
$(kernel_objects): override CFLAGS += -fno-math-errno
$(kernel_objects:.o=.bc): BITCODE_CFLAGS += -fno-math-errno

# What the compiler vectorises: not all of them do so unasked.
src/kernel/bound_%.o: override CFLAGS += -ftree-vectorize

ifeq ($(host_cpu),x86_64)
avx2_flags = -mavx2
avx512_flags = -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx2
src/kernel/avx2.o src/kernel/bound_avx2.o: override CFLAGS += $(avx2_flags)
src/kernel/avx2.bc src/kernel/bound_avx2.bc: BITCODE_CFLAGS += $(avx2_flags)
src/kernel/avx512.o src/kernel/bound_avx512.o: override CFLAGS += $(avx512_flags)
src/kernel/avx512.bc src/kernel/bound_avx512.bc: BITCODE_CFLAGS += $(avx512_flags)
endif

# PGXS tracks no headers: a changed one rebuilds everything.
$(OBJS) $(OBJS:.o=.bc): Makefile synastry.control $(wildcard src/*.h src/*/*.h)

else

no_headers = '$(PG_CONFIG)' knows of no server headers: install them (on Debian \
postgresql-server-dev-NN) or set PG_CONFIG; 'make check' and 'make demo' do so themselves

all .DEFAULT:
	$(error $(no_headers))

endif
endif
