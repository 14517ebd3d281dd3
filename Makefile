# Makefile
#    Builds the extension with PGXS, and starts everything that a developer runs. `make help` lists it.

PG_CONFIG ?= pg_config

# The version is written once, in cache.control.
EXTENSION = cache
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" cache.control)
SQL = sql/cache--$(EXTVERSION).sql
SQL_PARTS = $(sort $(wildcard sql/parts/*.sql))

MODULE_big = cache
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c src/*/*/*.c)))

DATA = $(wildcard sql/cache--*--*.sql)
DATA_built = $(SQL)

# Warnings are errors here; `make WERROR=` for a compiler that knows more of them than gcc 12 and clang 14.
WERROR ?= -Werror
# Symbols are hidden but for those marked PGDLLEXPORT, which 15 leaves without a meaning.
PG_CPPFLAGS = -I$(srcdir)/src -MMD -MP -D'PGDLLEXPORT=__attribute__((visibility("default")))'
# Declarations stand where they are needed, and PostgreSQL's callbacks and headers have parameters that
# nobody reads and compare signed with unsigned, so those three warnings of -Wextra and PGXS are off.
PG_CFLAGS = -std=gnu11 -Wall -Wextra $(WERROR) -fvisibility=hidden \
	-Wno-declaration-after-statement -Wno-unused-parameter -Wno-sign-compare

# For `make installcheck` against a running server that has cache in shared_preload_libraries.
REGRESS = $(sort $(basename $(notdir $(wildcard test/sql/*.sql))))
ISOLATION = $(sort $(basename $(notdir $(wildcard test/specs/*.spec))))
INSTALLCHECK_OPTS = --inputdir=test --outputdir=. --load-extension=cache $(EXPECTED_OPT)
REGRESS_OPTS = $(INSTALLCHECK_OPTS)
ISOLATION_OPTS = $(INSTALLCHECK_OPTS)
# 15 looks for expected/ in the output directory first; from 16 on it has to be told.
EXPECTED_OPT = $(if $(filter 15,$(MAJORVERSION)),,--expecteddir=.)

EXTRA_CLEAN = $(OBJS:.o=.d) build results output_iso

# Bitcode would let the JIT inline the SQL functions, which only wrap shared memory: nothing to gain, and
# it would need the very clang that PostgreSQL was built with. Nor are PGXS's dependency files wanted:
# they know no directories. -MMD above makes better ones.
override with_llvm := no
override autodepend := no

TOOLS = test/tools

ifneq ($(shell command -v $(PG_CONFIG)),)
PGXS := $(shell $(PG_CONFIG) --pgxs)
endif

ifneq ($(wildcard $(PGXS)),)
include $(PGXS)

# Objects built with other flags or for another server, and those of deleted sources, must not be mixed in.
BUILT_WITH = $(shell $(PG_CONFIG) --version --bindir) $(CC) $(CFLAGS) $(CPPFLAGS) $(OBJS)
build/flags: force-check
	@mkdir -p build
	@echo '$(subst ','\'',$(BUILT_WITH))' | cmp -s - $@ || echo '$(subst ','\'',$(BUILT_WITH))' > $@
$(OBJS) cache$(DLSUFFIX): build/flags

$(SQL): $(SQL_PARTS) sql/parts cache.control Makefile
	@{ printf '%s\n' '-- Built from sql/parts by make.' \
		'\echo Use "CREATE EXTENSION cache" to load this file. \quit'; \
	   for part in $(SQL_PARTS); do echo; cat $$part || exit 1; done; } > $@.part && mv $@.part $@

-include $(OBJS:.o=.d)
else
all install installcheck clean uninstall:
	@echo 'No PGXS was found through PG_CONFIG=$(PG_CONFIG).'
	@echo 'Install the server development files with: $(TOOLS)/setup.sh build'
	@exit 1
endif

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'
	@echo '  make, make install, make installcheck work as with any extension; PG_CONFIG=... picks the server'

demo: ## set up, build, start a throwaway server, and show the cache on real data
	@$(TOOLS)/demo.sh

test: ## all tests; LAYERS="unit regress ..." and TESTS="name ..." narrow it
	@$(TOOLS)/run-tests.sh $(LAYERS)

server: ## start or reuse a throwaway server with the extension, print the psql line
	@$(TOOLS)/server.sh start

server-stop: ## stop the throwaway server and remove its data
	@$(TOOLS)/server.sh stop

psql: ## psql on the throwaway server, starting it if need be
	@$(TOOLS)/server.sh psql

bench: ## benchmarks of test/bench; BENCH="name ..." narrows it
	@$(TOOLS)/bench.sh $(BENCH)

fuzz: ## every fuzzer for FUZZ_SECONDS (default 60)
	@$(TOOLS)/run-tests.sh --fuzz-seconds $(or $(FUZZ_SECONDS),60) fuzz

stress: ## the stress tests for STRESS_SECONDS (default 300)
	@CACHE_STRESS_SECONDS=$(or $(STRESS_SECONDS),300) TESTS='*stress*' $(TOOLS)/run-tests.sh tap

lint: ## format, layer order, exported names, comments on SQL objects, docs and tests of verbs, cppcheck
	@$(TOOLS)/run-tests.sh lint

format: ## give the C sources clang-format's form
	@find src test/unit test/fuzz -name '*.[ch]' -exec \
		$$(command -v clang-format-14 || echo clang-format) -i {} +

test-asan: ## unit tests under AddressSanitizer and UBSan
	@$(TOOLS)/run-tests.sh unit

test-valgrind: ## unit tests under valgrind
	@$(TOOLS)/run-tests.sh valgrind

test-assert: ## all tests on a PostgreSQL built from Debian's source with assertions (cached)
	@$(TOOLS)/test-assert.sh $(LAYERS)

.PHONY: all help demo test server server-stop psql bench fuzz stress lint format test-asan test-valgrind \
	test-assert force-check
