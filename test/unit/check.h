/*
 * check.h
 *    The unit tests' harness: checks, named tests, TAP output.
 *
 * One program a file. A test is a function whose name says what holds; main runs each by name.
 *
 *     static void
 *     empty_slices_are_equal(void)
 *     {
 *         CHECK(cache_slice_equal(cache_slice(NULL, 0), cache_slice("x", 0)));
 *     }
 *
 *     int
 *     main(void)
 *     {
 *         CHECK_RUN(empty_slices_are_equal);
 *         return check_done();
 *     }
 *
 * prints "ok 1 - empty slices are equal" and the plan "1..1" at the end, so that a program that
 * crashes or leaves early has no plan and fails. Exit status is 0 if all passed, else 1. A failed
 * check reports file, line and both values, and the test goes on; CHECK_OR_RETURN leaves it, where
 * going on makes no sense. Only the first failures of each test are printed.
 *
 * Random tests take their seed from check_seed(): fixed, unless the environment has CHECK_SEED. It
 * is printed when a test fails.
 */
#ifndef CACHE_TEST_UNIT_CHECK_H
#define CACHE_TEST_UNIT_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#error "unit tests run with assertions"
#endif

#define CHECK_SHOWN_FAILURES 10

typedef struct CheckState
{
	int tests;
	int failed_tests;
	int failures; /* of the running test */
} CheckState;

static CheckState check_state;

/* The seed of random tests; one run has one seed. */
static inline uint64_t
check_seed(void)
{
	const char *setting = getenv("CHECK_SEED");

	return setting != NULL ? strtoull(setting, NULL, 0) : 1;
}

/* Count a failure; true if it is to be printed. */
static inline bool
check_failed(const char *file, int line)
{
	check_state.failures++;
	if (check_state.failures > CHECK_SHOWN_FAILURES)
		return false;
	printf("# %s:%d: ", file, line);
	return true;
}

/* Print bytes so that any of them can be read in a terminal. */
static inline void
check_print_bytes(const void *data, size_t len)
{
	const unsigned char *bytes = (const unsigned char *) data;

	putchar('"');
	for (size_t i = 0; i < len; i++)
	{
		if (bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != '\\')
			putchar(bytes[i]);
		else
			printf("\\x%02x", bytes[i]);
	}
	putchar('"');
}

static inline void
check_true(bool holds, const char *text, const char *file, int line)
{
	if (!holds && check_failed(file, line))
		printf("does not hold: %s\n", text);
}

static inline void
check_eq_int(int64_t actual, int64_t expected, const char *text, const char *file, int line)
{
	if (actual != expected && check_failed(file, line))
		printf("%s is %" PRId64 ", expected %" PRId64 "\n", text, actual, expected);
}

static inline void
check_eq_uint(uint64_t actual, uint64_t expected, const char *text, const char *file, int line)
{
	if (actual != expected && check_failed(file, line))
		printf("%s is %" PRIu64 " (%#" PRIx64 "), expected %" PRIu64 " (%#" PRIx64 ")\n", text,
			   actual, actual, expected, expected);
}

static inline void
check_eq_bytes(const void *actual, size_t actual_len, const void *expected, size_t expected_len,
			   const char *text, const char *file, int line)
{
	if (actual_len == expected_len &&
		(actual_len == 0 || memcmp(actual, expected, actual_len) == 0))
		return;
	if (!check_failed(file, line))
		return;
	printf("%s is ", text);
	check_print_bytes(actual, actual_len);
	printf(", expected ");
	check_print_bytes(expected, expected_len);
	putchar('\n');
}

/* NULL equals only NULL. */
static inline void
check_eq_str(const char *actual, const char *expected, const char *text, const char *file, int line)
{
	if (actual != NULL && expected != NULL)
		check_eq_bytes(actual, strlen(actual), expected, strlen(expected), text, file, line);
	else if (actual != expected && check_failed(file, line))
		printf("%s is %s, expected %s\n", text, actual == NULL ? "NULL" : actual,
			   expected == NULL ? "NULL" : expected);
}

/* The end of a test's line: its number and name. */
static inline void
check_print_name(const char *name)
{
	printf("ok %d - ", check_state.tests);
	for (; *name != '\0'; name++)
		putchar(*name == '_' ? ' ' : *name);
}

/* Run one test and print its line. */
static inline void
check_run(const char *name, void (*test)(void))
{
	check_state.tests++;
	check_state.failures = 0;
	test();
	if (check_state.failures > 0)
	{
		check_state.failed_tests++;
		printf("# %d failed checks, CHECK_SEED=%" PRIu64 "\n", check_state.failures, check_seed());
		printf("not ");
	}
	check_print_name(name);
	putchar('\n');
	fflush(stdout); /* what passed is on record if the next test crashes */
}

/* Print the line of a test that cannot run here. */
static inline void
check_skip(const char *name, const char *reason)
{
	check_state.tests++;
	check_print_name(name);
	printf(" # SKIP %s\n", reason);
}

/* Print the plan; the program's exit status. */
static inline int
check_done(void)
{
	printf("1..%d\n", check_state.tests);
	return check_state.failed_tests == 0 && check_state.tests > 0 ? 0 : 1;
}

#define CHECK_RUN(test) check_run(#test, test)

/* Run the test if the condition holds, else skip it: for what a machine may lack. */
#define CHECK_RUN_IF(condition, reason, test)                                                      \
	((condition) ? check_run(#test, test) : check_skip(#test, reason))

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)

#define CHECK_OR_RETURN(condition)                                                                 \
	do                                                                                             \
	{                                                                                              \
		if (!(condition))                                                                          \
		{                                                                                          \
			check_true(false, #condition, __FILE__, __LINE__);                                     \
			return;                                                                                \
		}                                                                                          \
	} while (0)

#define CHECK_EQ_INT(actual, expected)                                                             \
	check_eq_int((actual), (expected), #actual, __FILE__, __LINE__)

#define CHECK_EQ_UINT(actual, expected)                                                            \
	check_eq_uint((actual), (expected), #actual, __FILE__, __LINE__)

#define CHECK_EQ_STR(actual, expected)                                                             \
	check_eq_str((actual), (expected), #actual, __FILE__, __LINE__)

#define CHECK_EQ_BYTES(actual, actual_len, expected, expected_len)                                 \
	check_eq_bytes((actual), (actual_len), (expected), (expected_len), #actual, __FILE__, __LINE__)

#endif
