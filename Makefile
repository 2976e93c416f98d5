# Hearth's build.  `make` builds build/hearth; `make test` also installs what it needs first.
#
#   make                the program            make asan       tests under ASan and UBSan
#   make test           all tests, all set-up  make tsan       threaded tests under TSan
#   make check          style and structure    make fuzz       each fuzz target, FUZZ_SECONDS long
#   make bench          benchmark programs     make test-neon  kernels under qemu (aarch64)
#   make soak           long runs: random operations and random clients (SOAK_MINUTES=30)
#   make e2e            pinned real clients against scripted answers (SCENARIOS=... picks) and
#                       against the built-in model
#   make run            the server, ready for a client: built-in model or MODEL=path.gguf
#   make demo           Claude Code at work with the built-in model
#   make ember-eval     how many small jobs real clients do with the built-in model (CLIENT=...)
#
# Objects of a variant live in build/ or build/VARIANT/.  A file's suffix picks its instruction
# set: foo_avx2.c is built only for x86-64 and only it gets -mavx2 (see ISA below).

CC       ?= cc
BUILD    ?= build
PYTHON   ?= python3
WERROR   ?= -Werror
OPTIMIZE ?= -O2 -g
# No contraction: the same C expression must round the same way wherever it is compiled, or a row's
# result would depend on the loop it was computed in.
CFLAGS   += -std=c11 $(OPTIMIZE) -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla $(WERROR) -ffp-contract=off -fno-math-errno -Isrc -I. -I$(BUILD)/gen -pthread
CPPFLAGS += -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE
LDLIBS   += -lm -pthread

ARCH := $(shell $(CC) -dumpmachine | sed 's/-.*//;s/^arm64/aarch64/')
OS   := $(shell uname -s)

# ---- libraries outside the engine (docs/dependencies.md says why these) ----
PACKAGES := json-c libevent libcrypto
PKG      := $(shell command -v pkg-config)
ifneq ($(PKG),)
CFLAGS   += $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS   += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
CMOCKA   := $(shell pkg-config --libs cmocka 2>/dev/null)
endif
LDLIBS_CLI := $(shell pkg-config --libs libedit 2>/dev/null)
CFLAGS     += $(shell pkg-config --cflags libedit cmocka 2>/dev/null)

# ---- Vulkan: compiled only where its headers (volk.h has no .pc file everywhere) and glslc are ----
VULKAN ?= $(shell pkg-config --exists vulkan 2>/dev/null && command -v glslc >/dev/null && \
            echo '\#include <volk.h>' | $(CC) $$(pkg-config --cflags vulkan) -E - >/dev/null 2>&1 && \
            echo 1)
ifeq ($(VULKAN),1)
CPPFLAGS   += -DHEARTH_VULKAN=1
CFLAGS     += $(shell pkg-config --cflags vulkan)
LDLIBS     += -ldl
endif

# ---- sources ----
ALL_SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c src/*/*/*/*.c))
ISA_x86_64  := avx2 avx512
ISA_aarch64 := neon i8mm
ISA_OTHER   := $(filter-out $(ISA_$(ARCH)),$(ISA_x86_64) $(ISA_aarch64))
SOURCES     := $(filter-out $(foreach isa,$(ISA_OTHER),%_$(isa).c),$(ALL_SOURCES))
ifneq ($(VULKAN),1)
SOURCES     := $(filter-out src/backend/vulkan/%,$(SOURCES))
endif
CLI_SOURCES := $(filter src/cli/%,$(SOURCES))
LIB_SOURCES := $(filter-out src/cli/%,$(SOURCES))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/obj/%.o)
# The built-in model is part of the program where its file is there.  gen/built_in holds its name, and
# is written only when that changes, so a file that comes or goes is noticed.
BUILT_IN    := $(wildcard models/ember.gguf)
BUILT_IN_AT := $(BUILD)/gen/built_in
$(shell mkdir -p $(BUILD)/gen; echo '$(BUILT_IN)' | cmp -s - $(BUILT_IN_AT) || \
        echo '$(BUILT_IN)' >$(BUILT_IN_AT))
CLI_OBJECTS := $(CLI_SOURCES:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/src/cli/built_in_bytes.o
LIB         := $(BUILD)/libhearth.a

# NEEDS_x86_64 says which instruction sets a suffix stands for; run-time selection checks the same.
FLAGS_avx2   := -mavx2 -mfma -mf16c
FLAGS_avx512 := -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni
FLAGS_neon   := -march=armv8.2-a+dotprod+fp16
FLAGS_i8mm   := -march=armv8.2-a+dotprod+fp16+i8mm
isa_flags     = $(FLAGS_$(lastword $(subst _, ,$(basename $(notdir $(1))))))

TEST_SOURCES := $(sort $(wildcard tests/*/*_test.c tests/*/*/*_test.c))
TESTS        := $(TEST_SOURCES:%.c=$(BUILD)/%)
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/*_fuzz.c))
BENCH_SOURCES := $(sort $(wildcard bench/*.c))
BENCHES      := $(BENCH_SOURCES:%.c=$(BUILD)/%)

all: $(if $(CLI_SOURCES),$(BUILD)/hearth,$(LIB))

$(BUILD)/hearth: $(CLI_OBJECTS) $(LIB)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(CLI_OBJECTS) $(LIB) $(LDLIBS_CLI) $(LDLIBS)

$(LIB): $(LIB_OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $(LIB_OBJECTS)

# Fuzz targets parse; their kernels need no instrumentation, which takes minutes to compile there.
KERNEL_OPTIMIZE ?= $(OPTIMIZE)
$(BUILD)/obj/src/backend/cpu/kernels/%.o: override OPTIMIZE := $(KERNEL_OPTIMIZE)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(call isa_flags,$<) -MMD -MP -c -o $@ $<

$(BUILD)/obj/src/cli/built_in_bytes.o: src/cli/built_in_bytes.S $(BUILT_IN) $(BUILT_IN_AT)
	@mkdir -p $(@D)
	@echo '  AS $<$(BUILT_IN:%= with %)'
	@$(CC) $(BUILT_IN:%=-DBUILT_IN_FILE='"%"') -c -o $@ $<

# ---- shaders: each line of shaders.def, as an array of SPIR-V words in one file for pipelines.c ----
SHADER_DIR   := src/backend/vulkan
SHADERS      := $(shell sed -n 's/^PIPELINE([A-Z_]*, \([a-z_]*\), \([A-Z0-9_]*\)).*/\1-\2/p' \
                  $(SHADER_DIR)/shaders.def | sort -u)
SHADER_WORDS := $(SHADERS:%=$(BUILD)/gen/shaders/%.words)
$(BUILD)/gen/shaders/%.words: $(wildcard $(SHADER_DIR)/shaders/*) Makefile
	@mkdir -p $(@D)
	@echo '  GLSLC $*'
	@glslc --target-env=vulkan1.2 -O -Werror -DFORMAT_$(lastword $(subst -, ,$*)) -mfmt=num -o $@ \
	    $(SHADER_DIR)/shaders/$(firstword $(subst -, ,$*)).comp
$(BUILD)/gen/shaders/all.inc: $(SHADER_WORDS)
	@for s in $(SHADERS); do echo "static const uint32_t shader_$$s[] = {" | tr - _; \
	    cat $(BUILD)/gen/shaders/$$s.words; echo '};'; done >$@
ifeq ($(VULKAN),1)
$(BUILD)/obj/src/backend/vulkan/pipelines.o: $(BUILD)/gen/shaders/all.inc
endif

# ---- tests ----
# What several tests share, as a library so that each takes only what it uses.
SUPPORT := $(BUILD)/libsupport.a
SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/support/*.c))
$(SUPPORT): $(SUPPORT_OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $(SUPPORT_OBJECTS)

$(BUILD)/tests/%_test: $(BUILD)/obj/tests/%_test.o $(SUPPORT) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(SUPPORT) $(LIB) $(CMOCKA) $(LDLIBS)

tests: $(TESTS)
# The server with the built-in model, or with yours: make run MODEL=path.gguf
MODEL :=
PORT  := 8131
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
run: setup
	@$(MAKE) --no-print-directory -s -j$(CORES) $(BUILD)/hearth
	@exec $(BUILD)/hearth serve $(if $(MODEL),-m "$(MODEL)") --port $(PORT) --welcome

.PHONY: all tests e2e e2e-clients demo demo-picture ember-eval test run-tests run setup check tidy asan tsan soak fuzz bench clean test-neon

test: setup
	@$(MAKE) --no-print-directory -j$(CORES) run-tests

run-tests: all tests
	@HEARTH=$(BUILD)/hearth BUILD=$(BUILD) sh tools/run-tests.sh $(TESTS)
	@echo 'tests/ember' && $(PYTHON) tests/ember/tasks_test.py

setup:
	@sh tools/setup.sh build

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
asan: setup
	@$(MAKE) --no-print-directory -j$(CORES) run-tests BUILD=build/asan OPTIMIZE="-O1 -g $(SANITIZE)" \
	    LDFLAGS="$(SANITIZE)"
tsan: setup
	@$(MAKE) --no-print-directory -j$(CORES) run-tests BUILD=build/tsan \
	    OPTIMIZE="-O1 -g -fsanitize=thread" LDFLAGS="-fsanitize=thread"

# ---- long runs: not part of make test; SOAK_MINUTES in all, half an hour unless told otherwise ----
SOAK_MINUTES ?= 30
soak: setup
	@$(MAKE) --no-print-directory -j$(CORES) all $(BUILD)/tests/engine/session_test \
	    $(BUILD)/tests/engine/engine_model_test
	@sh tools/soak.sh $(BUILD) $(SOAK_MINUTES)

# ---- fuzzing: clang's libFuzzer; the corpus in tests/fuzz/corpus/NAME is kept in the tree ----
FUZZ_SECONDS ?= 60
FUZZ_FLAGS   := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZERS      := $(FUZZ_SOURCES:tests/fuzz/%_fuzz.c=build/fuzz/tests/fuzz/%_fuzz)
fuzz:
	@sh tools/setup.sh build
	@sh tools/setup.sh fuzz
	@$(MAKE) --no-print-directory fuzz-all CC=clang BUILD=build/fuzz OPTIMIZE="-O1 -g $(FUZZ_FLAGS)" \
	    KERNEL_OPTIMIZE="-O1 -g" LDFLAGS="-fsanitize=fuzzer,address,undefined" VULKAN=0
fuzz-all: $(FUZZERS)
	@sh tools/run-fuzzers.sh $(FUZZ_SECONDS) $(FUZZERS)
fuzz-build: $(FUZZERS)
build/fuzz/tests/fuzz/%_fuzz: build/fuzz/obj/tests/fuzz/%_fuzz.o $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

# ---- kernels on Arm, under qemu-user ----
test-neon:
	@sh tools/test-neon.sh

# ---- real clients and SDKs, pinned in tests/clients/package.json; needs node and npm ----
e2e: e2e-clients $(BUILD)/bench/callwalk
	@sh tests/e2e/run.sh $(BUILD)/hearth $(BUILD)/e2e $(SCENARIOS)
	@$(if $(SCENARIOS),,$(PYTHON) tests/ember/sessions.py $(BUILD)/hearth $(BUILD)/e2e)

e2e-clients:
	@sh tools/setup.sh build
	@sh tools/setup.sh e2e
	@$(MAKE) --no-print-directory -j$(CORES) $(BUILD)/hearth
	@sh tests/clients/install.sh $(BUILD)/e2e

# The real Claude Code with the built-in model on eight small jobs, in a scratch folder.
demo: e2e-clients
	@$(PYTHON) tests/ember/demo.py $(BUILD)/hearth $(BUILD)/e2e $(FLAGS) $(if $(MODEL),-- -m "$(MODEL)")

# The README's picture, from a real run.
demo-picture: e2e-clients
	@$(PYTHON) tests/ember/demo.py $(BUILD)/hearth $(BUILD)/e2e --record $(BUILD)/demo.txt
	@$(PYTHON) tools/terminal-picture.py $(BUILD)/demo.txt docs/demo.svg 'make demo'

# How many of 60 small jobs a real client does with Ember: CLIENT=claude-tools SET=1 FLAGS='--tasks 20 --show'
CLIENT ?= claude-simple
SET    ?= 2
ember-eval: e2e-clients
	@$(PYTHON) tests/ember/run.py --client $(CLIENT) --set $(SET) $(if $(MODEL),--model "$(MODEL)") $(FLAGS)

bench: $(BENCHES)
$(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

check:
	@sh tools/check-includes.sh
	@sh tools/check-style.sh

# Static analysis: minutes, so not part of every check.
tidy:
	@sh tools/check-style.sh tidy

clean:
	rm -rf build

.SECONDARY:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
