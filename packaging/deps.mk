# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The Debian packages that it takes.

# What it takes to build, and what the tests need besides.
PACKAGES := gcc make pkg-config libc6-dev clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev \
	libmnl-dev nettle-dev libjansson-dev libconfig-dev libzstd-dev libpcap-dev uthash-dev \
	libsystemd-dev libcap-ng-dev libseccomp-dev libmicrohttpd-dev libcurl4-gnutls-dev
TEST_PACKAGES := libcmocka-dev conntrack tshark tcpdump nftables iproute2 ethtool jq python3 iputils-ping \
	procps util-linux zstd iperf3 libclang-rt-dev systemd systemd-container \
	dpkg-dev debhelper lintian debootstrap

.PHONY: deps deps-test

deps: ## install the Debian packages that the build needs (as root)
	$(Q)$(call install_missing,$(PACKAGES))

deps-test: deps ## install the packages that the tests need as well (as root)
	$(Q)$(call install_missing,$(TEST_PACKAGES))

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
