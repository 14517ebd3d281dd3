# standalone.mk
#    The pure rooms without PostgreSQL: make -f test/tools/standalone.mk FLAVOUR=asan units
#
# A source file of src/ whose first include is "base/env.h" is pure: it must compile here. All of them make
# one library a flavour, and each test/unit/*.c and test/fuzz/*.c one program linked with it.
#
#     asan   clang, AddressSanitizer and UBSan: unit tests
#     fuzz   the same with libFuzzer
#     plain  gcc, no sanitizer: valgrind, debugging
#     gcc, clang   warnings only (target objects)

ifeq ($(wildcard src/base/env.h),)
$(error run me from the top directory)
endif

FLAVOUR ?= asan
OUT = build/standalone/$(FLAVOUR)

CLANG ?= $(firstword $(foreach c,clang-14 clang,$(shell command -v $(c))) clang)
GCC ?= gcc

CC_asan = $(CLANG)
CC_fuzz = $(CLANG)
CC_plain = $(GCC)
CC_gcc = $(GCC)
CC_clang = $(CLANG)
SANITIZE = address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_asan = -O1 -fsanitize=$(SANITIZE)
FLAGS_fuzz = -O1 -fsanitize=fuzzer-no-link,$(SANITIZE)
FLAGS_plain = -O1
# Optimised, so that the compilers see enough to warn.
FLAGS_gcc = -O2
FLAGS_clang = -O2

CFLAGS = -std=gnu11 -g -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -pthread
CPPFLAGS = -DCACHE_STANDALONE -D_GNU_SOURCE -Isrc -Itest/unit -MMD -MP
COMPILE = $(CC_$(FLAVOUR)) $(CFLAGS) $(FLAGS_$(FLAVOUR)) $(CPPFLAGS)

PURE := $(shell find src -name '*.c' -exec awk '/^ *\# *include/ { if ($$0 ~ /"base\/env\.h"/) print FILENAME; exit }' {} \;)
OBJECTS = $(patsubst %.c,$(OUT)/%.o,$(sort $(PURE)))
UNITS = $(patsubst test/unit/%.c,$(OUT)/unit/%,$(sort $(wildcard test/unit/*.c)))
FUZZERS = $(patsubst test/fuzz/%.c,$(OUT)/fuzz/%,$(sort $(wildcard test/fuzz/*.c)))

objects: $(OBJECTS)
units: $(UNITS)
fuzzers: $(FUZZERS)
list:
	@printf '%s\n' $(sort $(PURE))

$(OUT)/%.o: %.c test/tools/standalone.mk
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# Made anew each time, so that a deleted source leaves it.
$(OUT)/libcache.a: $(OBJECTS) src $(sort $(dir $(PURE)))
	@rm -f $@
	ar rcs $@ $(OBJECTS)

$(OUT)/unit/%: test/unit/%.c $(OUT)/libcache.a
	@mkdir -p $(@D)
	$(COMPILE) -MF $@.d -o $@ $< $(OUT)/libcache.a -lm

$(OUT)/fuzz/%: test/fuzz/%.c $(OUT)/libcache.a
	@mkdir -p $(@D)
	$(COMPILE) -fsanitize=fuzzer -MF $@.d -o $@ $< $(OUT)/libcache.a -lm

-include $(OBJECTS:.o=.d) $(UNITS:=.d) $(FUZZERS:=.d)

.PHONY: objects units fuzzers list
