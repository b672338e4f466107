# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds tcpwhy into build/. `make help` lists the targets; V=1 shows the commands.

B := build
CC := gcc
CLANG := clang
BPFTOOL := $(or $(wildcard /usr/sbin/bpftool),bpftool)
CFLAGS := -O2 -g
WARNINGS := -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes
VERSION := 0.2.0

LOG := /var/log/tcpwhy/events.ndjson
IFACE :=
LIBS := libbpf libelf zlib libmnl nettle jansson libconfig libzstd libpcap \
	libsystemd libcap-ng libseccomp libmicrohttpd libcurl

# Asked once, when the first recipe needs it: pkg-config may only come with `make deps`.
once = $(eval $(1) := $$(shell $(2)))$($(1))
LIB_CFLAGS = $(call once,LIB_CFLAGS,pkg-config --cflags $(LIBS))
LIB_LIBS = $(call once,LIB_LIBS,pkg-config --libs $(LIBS))
MULTIARCH = $(call once,MULTIARCH,$(CC) -print-multiarch)

USER_OBJS := $(patsubst user/%.c,$(B)/user/%.o,$(wildcard user/*.c user/*/*.c))
# All that neither attaches anything nor is a program of its own.
LIB_OBJS := $(filter-out $(B)/user/main.o $(B)/user/live/kern.o $(B)/user/cmd/cmd_%.o,$(USER_OBJS))
# What tests link, sanitized: that, and the code that several tests share.
TEST_C_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -Itests/lib -Itests/unit/lib \
	-DTW_TESTS='"$(CURDIR)/tests"'
TEST_LIB_OBJS := $(patsubst tests/lib/%.c,$(B)/tests/lib/%.o,$(wildcard tests/lib/pkt*.c tests/lib/native*.c)) \
	$(LIB_OBJS:$(B)/user/%=$(B)/tests/user/%)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c tests/unit/*/test_*.c))

C_FLAGS = -std=gnu11 $(CFLAGS) $(WARNINGS) -MMD -MP -D_GNU_SOURCE -DTW_VERSION='"$(VERSION)"' \
	-Iinclude -Iuser -I$(B) $(LIB_CFLAGS)
BPF_FLAGS = -O2 -g -target bpf -mcpu=v3 -std=gnu11 -Wall -MMD -MP -Iinclude -Ibpf \
	-I/usr/include/$(MULTIARCH)

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n' $(1) $@)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all run check test unit-tests order oracle clean help
.DEFAULT_GOAL := all

all: $(B)/tcpwhy ## build everything (default)

run: ## install, build, attach to the default route's interface (or IFACE=eth1); Ctrl-C ends it
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all
	$(Q)install -d $(dir $(LOG))
	$(Q)exec $(B)/tcpwhy run $(IFACE:%=-i %) -w $(LOG) --print

check: $(UNIT_TESTS) order ## run the unit tests (no root needed)
	$(Q)failed=; for t in $(UNIT_TESTS); do \
		if CMOCKA_MESSAGE_OUTPUT=stdout $$t >$$t.log 2>&1; then echo "ok      $${t##*/}"; \
		else cat $$t.log; echo "FAILED  $${t##*/}"; failed=1; fi; done; test -z "$$failed"

test: ## install what the tests need, build, run all tests (as root)
	$(Q)$(MAKE) --no-print-directory deps-test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all unit-tests order
	$(Q)tests/run

unit-tests: $(UNIT_TESTS)

order: $(USER_OBJS) # of the folders of user/
	$(Q)tests/order $(B)/user

oracle: all ## hold `read` against tshark on your captures: make oracle CAPTURES=DIR (docs/oracle.md)
	$(Q)test -n "$(CAPTURES)" || { echo "make oracle: CAPTURES=DIR says where the captures are" >&2; exit 2; }
	$(Q)tests/oracle/oracle.py $(ORACLE_FLAGS) $(B)/tcpwhy $(CAPTURES)

clean: ## remove build/
	rm -rf $(B)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

$(B)/tcpwhy: $(USER_OBJS)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -lm

$(B)/user/%.o: user/%.c Makefile
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) -c -o $@ $<

$(B)/user/live/kern.o: $(B)/tcpwhy.skel.h
$(B)/user/live/owner.o $(B)/tests/user/live/owner.o $(B)/tests/fuzz/user/live/owner.o: $(B)/owner.skel.h

$(B)/tests/unit/%: tests/unit/%.c $(B)/tests/libtest.a Makefile
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) $(TEST_C_FLAGS) -MF $@.d -o $@ $< $(B)/tests/libtest.a -lcmocka $(LIB_LIBS) -lm

# The kernel's programs beside the native core.
$(B)/tests/kernel/test_%: tests/kernel/test_%.c tests/kernel/kernel.c $(B)/tcpwhy.skel.h $(B)/tests/libtest.a Makefile | $(B)/tests/kernel
	$(call say,CC)
	$(Q)$(CC) $(C_FLAGS) $(TEST_C_FLAGS) -MF $@.d -o $@ $(filter %.c,$^) $(B)/tests/libtest.a $(LIB_LIBS)

$(B)/tests/libtest.a: $(TEST_LIB_OBJS)
	$(call say,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/tests/user/%.o: user/%.c Makefile
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) $(TEST_C_FLAGS) -c -o $@ $<

$(B)/tests/lib/%.o: tests/lib/%.c Makefile | $(B)/tests/lib
	$(call say,CC)
	$(Q)$(CC) $(C_FLAGS) $(TEST_C_FLAGS) -c -o $@ $<

$(B)/%.tmp.o: bpf/%.bpf.c Makefile | $(B)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_FLAGS) -c -o $@ $<

# The linker of libbpf drops DWARF, which is of no use in the kernel, and keeps BTF.
$(B)/%.bpf.o: $(B)/%.tmp.o
	$(call say,BPFLINK)
	$(Q)$(BPFTOOL) gen object $@ $<

$(B)/%.skel.h: $(B)/%.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf >$@

$(B) $(B)/tests/lib $(B)/tests/kernel $(B)/tests/bench:
	$(Q)mkdir -p $@

include tests/faults/faults.mk tests/fuzz/fuzz.mk tests/bench/bench.mk packaging/install.mk packaging/deps.mk

-include $(wildcard $(addprefix $(B)/,*.d $(addsuffix /*.d,user user/* tests/unit tests/unit/* tests/user tests/user/* \
	tests/lib tests/kernel tests/bench)))
