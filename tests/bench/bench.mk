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

$(B)/libtcpwhy.a: $(LIB_OBJS)
	$(call say,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/tests/bench/%: tests/bench/%.c $(B)/libtcpwhy.a Makefile | $(B)/tests/bench
	$(call say,CC)
	$(Q)$(CC) $(C_FLAGS) -MF $@.d -o $@ $< $(B)/libtcpwhy.a $(LIB_LIBS) -lm

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
