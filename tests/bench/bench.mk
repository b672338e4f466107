# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Measurements: docs/performance.md says what each shows. None is part of `make test`.

.PHONY: bench-pipeline
bench-pipeline: $(B)/tests/bench/bench_pipeline ## what an event costs from the ring to the log
	$(Q)$<
