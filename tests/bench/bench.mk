# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Measurements: docs/performance.md says what each shows. None is part of `make test`.

.PHONY: bench
bench: $(B)/tests/bench/bench_packet ## what a packet costs, against a program that only looks its connection up (as root)
	$(Q)$<

.PHONY: bench-pipeline
bench-pipeline: $(B)/tests/bench/bench_pipeline ## what an event costs from the ring to the log
	$(Q)$<

.PHONY: bench-throughput
bench-throughput: $(B)/tcpwhy $(B)/tests/bench/throughput_traffic ## what tcpwhy costs a link between two namespaces (as root)
	$(Q)BUILD=$(B) tests/bench/throughput.sh

$(B)/tests/bench/read_generate: tests/bench/read_generate.c tests/lib/pkt.c Makefile | $(B)/tests/bench
	$(call say,CC)
	$(Q)$(CC) $(C_FLAGS) -Itests/lib -MF $@.d -o $@ $(filter %.c,$^)

.PHONY: bench-read
bench-read: $(B)/tcpwhy $(patsubst %,$(B)/tests/bench/read_%,generate bare cost) ## what reading a capture costs, beside tshark and tcptrace
	$(Q)BUILD=$(B) tests/bench/read.sh
