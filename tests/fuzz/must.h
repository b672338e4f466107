/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What must hold whatever the input is: says where it does not, and ends with a crash for the fuzzer to keep. */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define must(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* libFuzzer's entry point. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#endif
