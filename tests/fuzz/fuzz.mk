# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# libFuzzer targets: tests/fuzz/fuzz_NAME.c → build/tests/fuzz/NAME. What a file in corpus/NAME holds, the
# beginning of fuzz_NAME.c says. `tests/fuzz/short NAME` is the same run each time, as part of the tests.

FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
TIME := 60
FUZZ_FLAGS := -O1 -fno-sanitize-recover=undefined -Itests/lib -Itests/fuzz
FUZZ_LIB := $(LIB_OBJS:$(B)/%=$(B)/tests/fuzz/%) $(patsubst %,$(B)/tests/fuzz/lib/%.o,lib/pkt fuzz/sequence fuzz/dump fuzz/judge)
FUZZ_WARNINGS := -Wno-unknown-warning-option -Wno-gnu-variable-sized-type-not-at-end

.PHONY: fuzz
fuzz: $(FUZZ:%=$(B)/tests/fuzz/%) ## fuzz each parser and the classifier for TIME=60 seconds (FUZZ=NAME: only that one)
	$(Q)for t in $(FUZZ); do \
		mkdir -p $(B)/tests/fuzz/corpus/$$t && echo "fuzzing $$t for $(TIME) s" && \
		$(B)/tests/fuzz/$$t -max_total_time=$(TIME) -max_len=1000 -artifact_prefix=$(B)/tests/fuzz/$$t- -print_final_stats=1 \
			$(B)/tests/fuzz/corpus/$$t tests/fuzz/corpus/$$t >$(B)/tests/fuzz/$$t.log 2>&1 && \
		grep -aE '^stat::(number_of|average)|^Done' $(B)/tests/fuzz/$$t.log || \
		{ tail -n 60 $(B)/tests/fuzz/$$t.log; echo "fuzzing $$t found something: see above and $(B)/tests/fuzz/$$t.log"; exit 1; }; \
	done

$(FUZZ:%=$(B)/tests/fuzz/%): $(B)/tests/fuzz/%: tests/fuzz/fuzz_%.c $(B)/tests/fuzz/libtcpwhy.a Makefile tests/fuzz/fuzz.mk
	$(call say,FUZZ)
	$(Q)$(CLANG) $(C_FLAGS) $(FUZZ_WARNINGS) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -MF $@.d -o $@ $< $(B)/tests/fuzz/libtcpwhy.a $(LIB_LIBS) -lm

$(B)/tests/fuzz/libtcpwhy.a: $(FUZZ_LIB)
	$(call say,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/tests/fuzz/user/%.o: user/%.c Makefile tests/fuzz/fuzz.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(C_FLAGS) $(FUZZ_WARNINGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

# Not under test: what happens in there need not steer the fuzzer.
$(B)/tests/fuzz/lib/%.o: tests/%.c Makefile tests/fuzz/fuzz.mk | $(B)/tests/fuzz/lib/lib $(B)/tests/fuzz/lib/fuzz
	$(call say,CC)
	$(Q)$(CLANG) $(C_FLAGS) $(FUZZ_WARNINGS) $(FUZZ_FLAGS) -fsanitize=address,undefined -c -o $@ $<

$(B)/tests/fuzz/lib/lib $(B)/tests/fuzz/lib/fuzz:
	$(Q)mkdir -p $@

-include $(wildcard $(B)/tests/fuzz/*.d $(B)/tests/fuzz/user/*.d $(B)/tests/fuzz/user/*/*.d $(B)/tests/fuzz/lib/*/*.d)
