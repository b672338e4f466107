// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Captures of either format: what is none, cut off at every byte, any byte changed, and as they come through a pipe. */
#include <stdio.h>

#include "capfile.h"

static void test_no_capture(void **state)
{
	expect_refused("", 0, "empty");
	assert_int_equal(open_bytes("\xd4\xc3", 2), -EBADMSG);
	expect_refused("<html>\n<head>\n</head>\n</h", 24, "pcap or pcapng");
	expect_refused("{\"ts\":1}\n{}\n{}\n{}\n{}\n{}\n", 24, "event log");
	expect_refused("\xfd" "7zXZ\0\0\0\0\0\0\0", 12, "xz");
}

/* @whole: packets of the whole; @begin: from here on it can be opened. */
static void cut_everywhere(unsigned int whole, size_t begin)
{
	unsigned int most = 0, n;
	int result;

	for (size_t cut = 0; cut <= len; cut++) {
		result = open_bytes(file, cut);
		assert_int_equal(!result, cut >= begin);
		if (result)
			continue;
		n = count_packets(&result);
		assert_true(n >= most);
		most = n;
		if (result) {
			char words[64];

			assert_int_equal(result, -EBADMSG);
			snprintf(words, sizeof(words), "cut off at byte %zu", cut);
			assert_non_null(strstr(reason.text, words));
		}
		close_file();
	}
	assert_int_equal(most, whole);
}

static void test_cut(void **state)
{
	pcap_begin(0, 0xa1b2c3d4, 2, 4, 1);
	pcap_packet(1, 0, 30, 30, 1);
	pcap_packet(2, 0, 0, 30, 1);
	pcap_packet(3, 0, 5, 30, 1);
	cut_everywhere(3, 24);
	make_pcapng(1);
	cut_everywhere(5, 12);
}

/* Any byte may be anything: no answer but a packet, the end, or "damaged". */
static void test_any_byte(void **state)
{
	unsigned int seed = 1;
	uint8_t old;
	int result;

	make_pcapng(0);
	for (unsigned int turn = 0; turn < 20 * len; turn++) {
		size_t at = turn % len;

		old = file[at];
		file[at] = rand_r(&seed);
		if (!open_bytes(file, len)) {
			count_packets(&result);
			assert_true(result == 0 || result == -EBADMSG);
			close_file();
		}
		file[at] = old;
	}
}

static int writer;
static size_t written;
static unsigned int idles;

/* What is read is read at once: whenever the reader has to wait, the next piece is written. */
static void on_idle(void *ctx)
{
	size_t n = len - written < 7 ? len - written : 7;

	idles++;
	if (!n) {
		close(writer);
		return;
	}
	assert_int_equal(write(writer, file + written, n), n);
	written += n;
}

static void test_pipe(void **state)
{
	struct tw_stream_options options = { .idle = on_idle };
	int ends[2], saved = dup(STDIN_FILENO);

	make_pcapng(0);
	assert_int_equal(pipe(ends), 0);
	writer = ends[1];
	written = 0;
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(tw_capture_open(&capture, "-", ifaces, &options, &reason), 0);
	assert_true(written < 40);
	read_pcapng_first();
	assert_true(written < 170); /* no packet waits for a later one */
	read_pcapng_rest();
	expect_end();
	assert_true(idles >= len / 7);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void test_cannot_open(void **state)
{
	struct tw_stream_options options = { 0 };

	assert_int_equal(tw_capture_open(&capture, "/nonexistent/x.pcap", ifaces, &options, &reason), -ENOENT);
	assert_non_null(strstr(reason.text, "/nonexistent/x.pcap"));
	assert_int_equal(tw_capture_open(&capture, "/tmp", ifaces, &options, &reason), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_capture), cmocka_unit_test(test_cut), cmocka_unit_test(test_any_byte),
		cmocka_unit_test(test_pipe), cmocka_unit_test(test_cannot_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
