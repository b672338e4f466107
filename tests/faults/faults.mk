# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
.PHONY: faults
faults: $(B)/tcpwhy ## write docs/faults.md: each fault of the live tests, and what tcpwhy, tshark and bpfcc say (as root)
	$(Q)$(call install_missing,$(TEST_PACKAGES) bpfcc-tools)
	$(Q)BUILD=$(CURDIR)/$(B) tests/faults/faults.sh
