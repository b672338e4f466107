# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds tcpwhy into build/. `make help` lists the targets; V=1 shows the commands.

B := build
CC := gcc
CLANG := clang
BPFTOOL := $(or $(wildcard /usr/sbin/bpftool),bpftool)
CFLAGS := -O2 -g
WARNINGS := -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes
VERSION := 0.1.0

# Debian packages: what it takes to build, and what the tests need besides.
PACKAGES := gcc make pkg-config libc6-dev clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev \
	libmnl-dev nettle-dev libjansson-dev libconfig-dev libzstd-dev libpcap-dev uthash-dev \
	libsystemd-dev libcap-ng-dev libseccomp-dev libmicrohttpd-dev libcurl4-gnutls-dev
TEST_PACKAGES := libcmocka-dev tshark tcpdump nftables iproute2 ethtool jq python3 iputils-ping \
	procps util-linux zstd iperf3 libclang-rt-dev systemd systemd-container \
	dpkg-dev debhelper lintian debootstrap

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
# What unit tests may link: all that neither attaches anything nor is a program of its own.
LIB_OBJS := $(filter-out $(B)/user/main.o $(B)/user/live/kern.o $(B)/user/cmd/cmd_%.o,$(USER_OBJS))
# What tests link: the same and the code that several tests share, all of it sanitized.
TEST_C_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -Itests/lib -Itests/unit/lib -DTW_TESTS='"$(CURDIR)/tests"'
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
.PHONY: all deps deps-test run check test unit-tests order oracle clean help
.DEFAULT_GOAL := all

all: $(B)/tcpwhy ## build everything (default)

deps: ## install the Debian packages that the build needs (as root)
	$(Q)$(call install_missing,$(PACKAGES))

deps-test: deps ## install the packages that the tests need as well (as root)
	$(Q)$(call install_missing,$(TEST_PACKAGES))

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

$(B)/libtcpwhy.a: $(LIB_OBJS)
	$(call say,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

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

# The packet programs under a bench of their own; not sanitized.
$(B)/tests/bench/packet.bpf.o: tests/bench/packet.bpf.c tests/bench/bump.h $(wildcard bpf/* include/tcpwhy/*.h) Makefile | $(B)/tests/bench
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_FLAGS) -MF $@.d -c -o $@ $<

$(B)/tests/bench/bench_packet.skel.h: $(B)/tests/bench/packet.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name bench_packet >$@

$(B)/tests/bench/bench_packet: tests/bench/bench_packet.c tests/lib/pkt.c $(B)/tests/bench/bench_packet.skel.h Makefile
	$(call say,CC)
	$(Q)$(CC) $(C_FLAGS) -Itests/lib -I$(B)/tests/bench -MF $@.d -o $@ $(filter %.c,$^) $(LIB_LIBS)

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

# Measurements, run by hand.
$(B)/tests/bench/%: tests/bench/%.c $(B)/libtcpwhy.a Makefile | $(B)/tests/bench
	$(call say,CC)
	$(Q)$(CC) $(C_FLAGS) -MF $@.d -o $@ $< $(B)/libtcpwhy.a $(LIB_LIBS) -lm

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

# $(1): packages. Says what is missing, installs just that; needs root only then.
define install_missing
	missing=; for p in $(1); do \
		dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q ' installed$$' || missing="$$missing $$p"; done; \
	test -n "$$missing" || exit 0; \
	echo "Missing Debian packages:$$missing"; \
	if [ "$$(id -u)" != 0 ]; then echo "make: installing them needs root: sudo make $@" >&2; exit 1; fi; \
	echo "Installing them …"; export DEBIAN_FRONTEND=noninteractive; \
	mkdir -p $(B); { apt-get update -q && apt-get install -y -q --no-install-recommends $$missing; } >$(B)/deps.log 2>&1 || \
	{ tail -n 20 $(B)/deps.log; echo "make: apt-get could not install them" >&2; exit 1; }
endef

include tests/fuzz/fuzz.mk tests/bench/bench.mk packaging/install.mk

-include $(wildcard $(addprefix $(B)/,*.d $(addsuffix /*.d,user user/* tests/unit tests/unit/* tests/user tests/user/* \
	tests/lib tests/kernel tests/bench)))
