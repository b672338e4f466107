// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The ring of files: names, sizes, how many stay, whose files are left alone, and a disk that is full. */
#include <fcntl.h>
#include <sys/stat.h>

#include "logdir.h"
#include "recorder/ringfiles.h"

#define NOW (1763747743 * S) /* 2025-11-21T17:55:43Z */

static struct tw_reason reason;
static struct tw_ringfiles_stats stats;
static char block[1000];

static int setup(void **state)
{
	memset(block, 'x', sizeof(block));
	logdir_setup(state);
	snprintf(path, sizeof(path), "%s/e.pcapng", dir);
	return 0;
}

static struct tw_ringfiles *open_ring(uint64_t size, uint32_t count)
{
	struct tw_ringfiles *f = NULL;

	assert_int_equal(tw_ringfiles_new(&f, path, size, count, &reason), 0);
	return f;
}

static unsigned int files_in_dir(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned int n = 0;

	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void make(const char *name)
{
	char full[256];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", dir, name);
	fd = open(full, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int there(const char *name)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", dir, name);
	return !access(full, F_OK);
}

static off_t size_of(const char *full)
{
	struct stat st;

	assert_int_equal(stat(full, &st), 0);
	return st.st_size;
}

static void test_none_before_the_first(void **state)
{
	struct tw_ringfiles *f = open_ring(4000, 3);

	assert_int_equal(tw_ringfiles_turn(f, 100), 1);
	assert_int_equal(files_in_dir(), 0);
	assert_string_equal(tw_ringfiles_name(f), "");
	tw_ringfiles_free(f);
	assert_int_equal(files_in_dir(), 0);
}

static void test_names(void **state)
{
	struct tw_ringfiles *f = open_ring(4000, 3);
	char want[128];

	assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW), 0);
	snprintf(want, sizeof(want), "%s/e_00001_20251121175543.pcapng", dir);
	assert_string_equal(tw_ringfiles_name(f), want);
	tw_ringfiles_free(f);
	assert_int_equal(size_of(want), 100);
}

/* 3 of 1000 bytes go into a file of 3500, and two files stay. */
static void test_turns(void **state)
{
	struct tw_ringfiles *f = open_ring(3500, 2);

	for (int i = 0; i < 20; i++) {
		assert_int_equal(tw_ringfiles_turn(f, 1000), i % 3 == 0);
		assert_int_equal(tw_ringfiles_put(f, block, 1000, 1, NOW + i * S), 0);
		assert_true(files_in_dir() <= 2);
	}
	tw_ringfiles_stats(f, &stats);
	assert_int_equal(stats.files, 7);
	assert_int_equal(stats.things, 20);
	assert_int_equal(stats.written + stats.waiting, 20);
	assert_int_equal(stats.lost, 0);
	tw_ringfiles_free(f);
	assert_int_equal(files_in_dir(), 2);
	assert_true(there("e_00006_20251121175558.pcapng"));
	assert_true(there("e_00007_20251121175601.pcapng"));
}

/* Those of an earlier run count; what only looks alike is not ours. */
static void test_earlier_files(void **state)
{
	static const char *const others[] = {
		"e.pcapng", "e_1_20251121175543.pcapng", "e_00001_20251121175543.pcap", "f_00001_20251121175543.pcapng",
		"e_00001_2025112117554x.pcapng", "e_00001_20251121175543.pcapng.bak", "e_0000a_20251121175543.pcapng",
	};
	struct tw_ringfiles *f;

	for (size_t i = 0; i < 7; i++)
		make(others[i]);
	make("e_00041_20251120000000.pcapng");
	make("e_00042_20251120000001.pcapng");
	f = open_ring(4000, 2);
	assert_int_equal(files_in_dir(), 9);
	assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW), 0);
	tw_ringfiles_free(f);
	assert_false(there("e_00041_20251120000000.pcapng"));
	assert_true(there("e_00042_20251120000001.pcapng"));
	assert_true(there("e_00043_20251121175543.pcapng"));
	for (size_t i = 0; i < 7; i++)
		assert_true(there(others[i]));
}

/* After 99999 comes 1: the time tells which is older. */
static void test_numbers_begin_again(void **state)
{
	struct tw_ringfiles *f;

	make("e_99999_20251120000000.pcapng");
	f = open_ring(4000, 2);
	assert_int_equal(tw_ringfiles_put(f, block, 4000 - 4000 + 900, 1, NOW), 0);
	tw_ringfiles_free(f);
	assert_true(there("e_00001_20251121175543.pcapng"));
	f = open_ring(4000, 2);
	assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW + S), 0);
	tw_ringfiles_free(f);
	assert_false(there("e_99999_20251120000000.pcapng"));
	assert_true(there("e_00001_20251121175543.pcapng"));
	assert_true(there("e_00002_20251121175544.pcapng"));
}

/* The clock was a lifetime ahead: what is new now stays all the same. */
static void test_clock_set_back(void **state)
{
	make("e_00006_20991231000000.pcapng");
	make("e_00007_20991231000000.pcapng");
	for (int i = 0; i < 3; i++) {
		struct tw_ringfiles *f = open_ring(4000, 2);

		assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW + i * S), 0);
		tw_ringfiles_free(f);
	}
	assert_int_equal(files_in_dir(), 2);
	assert_true(there("e_00009_20991231000000.pcapng"));
	assert_true(there("e_00010_20991231000000.pcapng"));
}

/* Two processes with the same path: none takes the other's file. */
static void test_name_is_taken(void **state)
{
	struct tw_ringfiles *a = open_ring(4000, 4), *b = open_ring(4000, 4);

	assert_int_equal(tw_ringfiles_put(a, block, 100, 1, NOW), 0);
	assert_int_equal(tw_ringfiles_flush(a), 0);
	assert_int_equal(tw_ringfiles_put(b, block, 200, 1, NOW), 0);
	assert_int_equal(tw_ringfiles_flush(b), 0);
	assert_int_equal(size_of(tw_ringfiles_name(a)), 100);
	assert_int_equal(size_of(tw_ringfiles_name(b)), 200);
	tw_ringfiles_free(a);
	tw_ringfiles_free(b);
	assert_int_equal(files_in_dir(), 2);
}

/* A file may not grow beyond 2500 bytes: what is in it stays whole, the rest is counted, and it goes on afterwards. */
static void test_full(void **state)
{
	struct tw_ringfiles *f = open_ring(100000, 2);
	char name[128];

	assert_int_equal(tw_ringfiles_put(f, block, 1000, 1, NOW), 0);
	assert_int_equal(tw_ringfiles_flush(f), 0);
	strcpy(name, tw_ringfiles_name(f));
	set_limit(2500);
	assert_int_equal(tw_ringfiles_put(f, block, 1000, 1, NOW), 0);
	assert_int_equal(tw_ringfiles_put(f, block, 1000, 1, NOW), 0);
	assert_true(tw_ringfiles_flush(f) < 0);
	assert_int_equal(size_of(name), 1000);
	tw_ringfiles_stats(f, &stats);
	assert_int_equal(stats.written, 1);
	assert_int_equal(stats.lost, 2);
	assert_int_equal(tw_ringfiles_turn(f, 1000), 1); /* what comes must stand on its own */
	set_limit(RLIM_INFINITY);
	assert_int_equal(tw_ringfiles_put(f, block, 1000, 1, NOW), 0);
	assert_int_equal(tw_ringfiles_turn(f, 1000), 0);
	assert_int_equal(tw_ringfiles_flush(f), 0);
	tw_ringfiles_free(f);
	assert_int_equal(size_of(name), 2000);
}

static void test_no_directory(void **state)
{
	struct tw_ringfiles *f = NULL;

	assert_int_equal(tw_ringfiles_new(&f, "/nonexistent/e.pcapng", 1000, 2, &reason), -ENOENT);
	assert_non_null(strstr(reason.text, "/nonexistent"));
	assert_int_equal(tw_ringfiles_new(&f, "/tmp/", 1000, 2, &reason), -EINVAL);
	assert_null(f);
}

/* The directory goes away: tried again once a second only. */
static void test_directory_gone(void **state)
{
	struct tw_ringfiles *f = open_ring(4000, 2);

	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW), -ENOENT);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW + 1), -EAGAIN);
	assert_int_equal(tw_ringfiles_put(f, block, 100, 1, NOW + 2 * S), 0);
	tw_ringfiles_stats(f, &stats);
	assert_int_equal(stats.lost, 2);
	tw_ringfiles_free(f);
	assert_int_equal(files_in_dir(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, logdir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none_before_the_first), TEST(test_names), TEST(test_turns), TEST(test_earlier_files),
		TEST(test_numbers_begin_again), TEST(test_clock_set_back), TEST(test_name_is_taken), TEST(test_full),
		TEST(test_no_directory), TEST(test_directory_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
