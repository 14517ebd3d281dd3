/*
 * base_glob.c
 *    Unit tests of base/glob.c. The answers in "vectors" are those of KEYS in Redis 7.0.
 */
#include "base/env.h"

#include "base/glob.h"
#include "base/wyrand.h"
#include "base_glob_model.h"
#include "check.h"

typedef struct Vector
{
	const char *pattern;
	const char *text;
	bool matches;
} Vector;

static const Vector vectors[] = {
	/* literals */
	{ "abc", "abc", true },
	{ "abc", "abcd", false },
	{ "abc", "ab", false },
	{ "abc", "Abc", false },
	/* stars */
	{ "*", "abc", true },
	{ "a*", "a", true },
	{ "a*", "ba", false },
	{ "*c", "abc", true },
	{ "*b", "abc", false },
	{ "a*c", "abcbc", true },
	{ "a*c*", "acb", true },
	{ "*ab*ab*", "abab", true },
	{ "*ab*ab*", "aba", false },
	{ "***a", "ba", true },
	{ "a**", "a", true },
	/* one character */
	{ "?", "a", true },
	{ "a?c", "abc", true },
	{ "a?c", "ac", false },
	{ "???", "ab", false },
	{ "*?", "a", true },
	{ "?*?", "a", false },
	/* brackets */
	{ "h[ae]llo", "hello", true },
	{ "h[ae]llo", "hillo", false },
	{ "h[^e]llo", "hallo", true },
	{ "h[^e]llo", "hello", false },
	{ "[a-c]x", "bx", true },
	{ "[a-c]x", "dx", false },
	{ "[c-a]x", "bx", true },
	{ "[^a-c]", "b", false },
	{ "[a-ce-g]", "f", true },
	{ "[a-ce-g]", "d", false },
	{ "[^]", "a", true },
	{ "[]", "a", false },
	{ "[]a]", "a]", false },
	{ "[a^]", "^", true },
	{ "[*]", "*", true },
	{ "[*]", "a", false },
	{ "[?]", "?", true },
	/* brackets with something odd in them */
	{ "[a", "a", true },
	{ "[a", "b", false },
	{ "[", "a", false },
	{ "[", "[", false },
	{ "[^", "a", true },
	{ "[^a", "b", true },
	{ "[a-", "-", true },
	{ "[a-", "a", true },
	{ "[a-]", "_", true },
	{ "[a-]", "-", false },
	{ "[a-]b", "b", true },
	{ "[-a]", "-", true },
	{ "[\\]]", "]", true },
	{ "[\\a-c]", "b", false },
	{ "[\\a-c]", "-", true },
	{ "[a-\\c]", "b", false },
	{ "[a-\\c]", "c", true },
	{ "[\\^a]", "^", true },
	{ "[\\", "\\", true },
	{ "[\\", "[", false },
	{ "[[]", "[", true },
	/* backslashes */
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "a\\?", "a?", true },
	{ "a\\?", "ab", false },
	{ "\\\\", "\\", true },
	{ "\\", "\\", true },
	{ "a\\", "a\\", true },
	{ "a\\", "a", false },
	{ "\\a", "a", true },
	{ "\\[a]", "[a]", true },
	{ "*\\", "a\\", true },
};

static bool
matches(const char *pattern, const char *text, CacheGlobUnit unit)
{
	return cache_glob_match(cache_slice_cstr(pattern), cache_slice_cstr(text), unit);
}

static void
answers_are_those_of_redis(void)
{
	for (Size i = 0; i < lengthof(vectors); i++)
	{
		const Vector *v = &vectors[i];

		if (matches(v->pattern, v->text, CACHE_GLOB_BYTES) != v->matches ||
			matches(v->pattern, v->text, CACHE_GLOB_UTF8) != v->matches)
			printf("# pattern %s, text %s\n", v->pattern, v->text);
		CHECK_EQ_INT(matches(v->pattern, v->text, CACHE_GLOB_BYTES), v->matches);
		CHECK_EQ_INT(matches(v->pattern, v->text, CACHE_GLOB_UTF8), v->matches);
	}
}

static void
only_stars_match_the_empty_text(void)
{
	CHECK(matches("", "", CACHE_GLOB_BYTES));
	CHECK(matches("*", "", CACHE_GLOB_BYTES));
	CHECK(matches("**", "", CACHE_GLOB_BYTES));
	CHECK(!matches("?", "", CACHE_GLOB_BYTES));
	CHECK(!matches("*?", "", CACHE_GLOB_BYTES));
	CHECK(!matches("[^]", "", CACHE_GLOB_BYTES));
	CHECK(!matches("", "a", CACHE_GLOB_BYTES));
	CHECK(cache_glob_match(cache_slice(NULL, 0), cache_slice(NULL, 0), CACHE_GLOB_UTF8));
}

static void
zero_bytes_are_characters(void)
{
	CacheSlice text = CACHE_SLICE_LITERAL("a\0b");
	CacheSlice same = CACHE_SLICE_LITERAL("a\0*");
	CacheSlice class = CACHE_SLICE_LITERAL("a[\0]b");

	CHECK(cache_glob_match(cache_slice_cstr("a?b"), text, CACHE_GLOB_BYTES));
	CHECK(cache_glob_match(same, text, CACHE_GLOB_BYTES));
	CHECK(cache_glob_match(class, text, CACHE_GLOB_BYTES));
	CHECK(!cache_glob_match(cache_slice_cstr("a"), text, CACHE_GLOB_BYTES));
	CHECK(cache_glob_is_literal(text));
}

static void
a_character_is_a_byte_or_a_code_point(void)
{
	CHECK(matches("caf?", "café", CACHE_GLOB_UTF8));
	CHECK(!matches("caf?", "café", CACHE_GLOB_BYTES));
	CHECK(matches("caf??", "café", CACHE_GLOB_BYTES));
	CHECK(!matches("caf??", "café", CACHE_GLOB_UTF8));
	CHECK(matches("?", "\xf0\x9f\x90\x98", CACHE_GLOB_UTF8)); /* four bytes */
	CHECK(matches("[äöü]x", "öx", CACHE_GLOB_UTF8));
	CHECK(!matches("[äöü]x", "öx", CACHE_GLOB_BYTES));
	CHECK(!matches("[äöü]", "é", CACHE_GLOB_UTF8));
	CHECK(matches("[^a]", "é", CACHE_GLOB_UTF8));
	CHECK(matches("[а-я]*", "слово", CACHE_GLOB_UTF8));
	CHECK(!matches("[а-я]", "Я", CACHE_GLOB_UTF8));
	CHECK(matches("[\\é]", "é", CACHE_GLOB_UTF8));
	CHECK(matches("\\é", "é", CACHE_GLOB_UTF8));
	CHECK(matches("*é", "ééé", CACHE_GLOB_UTF8));
	CHECK(matches("*é", "ééé", CACHE_GLOB_BYTES));
}

static void
ranges_of_bytes_are_unsigned(void)
{
	CHECK(matches("[a-\xff]", "\x80", CACHE_GLOB_BYTES));
	CHECK(!matches("[a-\xff]", "A", CACHE_GLOB_BYTES));
	CHECK(matches("[\xff-\x80]", "\x90", CACHE_GLOB_BYTES));
}

static void
invalid_utf8_matches_only_itself(void)
{
	static const char *const invalid[] = {
		"\x80",             /* continues nothing */
		"\xc3",             /* cut short */
		"\xc0\xaf",         /* overlong */
		"\xe0\x80\xaf",     /* overlong */
		"\xf0\x80\x80\xaf", /* overlong */
		"\xed\xa0\x80",     /* surrogate */
		"\xf4\x90\x80\x80", /* past the last code point */
		"\xff",
	};

	for (Size i = 0; i < lengthof(invalid); i++)
	{
		CHECK(matches(invalid[i], invalid[i], CACHE_GLOB_UTF8));
		CHECK(matches("*", invalid[i], CACHE_GLOB_UTF8));
		CHECK_EQ_INT(matches("?", invalid[i], CACHE_GLOB_UTF8), strlen(invalid[i]) == 1);
	}
	CHECK(!matches("/", "\xc0\xaf", CACHE_GLOB_UTF8));
	CHECK(matches("?", "\xed\x9f\xbf", CACHE_GLOB_UTF8));
	CHECK(matches("?", "\xf4\x8f\xbf\xbf", CACHE_GLOB_UTF8));
	CHECK(!matches("[a-\xf4\x8f\xbf\xbf]", "\xff", CACHE_GLOB_UTF8));
	CHECK(!matches("\xc3", "é", CACHE_GLOB_UTF8));
}

/* With a recursive matcher this takes longer than the universe is old. */
static void
many_stars_take_no_longer_than_a_product(void)
{
	static char pattern[2001];
	static char text[20000];

	for (Size i = 0; i < 2000; i += 2)
		memcpy(pattern + i, "a*", 2);
	pattern[2000] = 'b';
	memset(text, 'a', sizeof(text));
	CHECK(!cache_glob_match(cache_slice(pattern, 2001), cache_slice(text, sizeof(text)),
							CACHE_GLOB_BYTES));
	CHECK(cache_glob_match(cache_slice(pattern, 2000), cache_slice(text, sizeof(text)),
						   CACHE_GLOB_UTF8));
	text[sizeof(text) - 1] = 'b';
	CHECK(cache_glob_match(cache_slice(pattern, 2001), cache_slice(text, sizeof(text)),
						   CACHE_GLOB_BYTES));
}

static void
literals_are_told_from_patterns(void)
{
	CHECK(cache_glob_is_literal(cache_slice(NULL, 0)));
	CHECK(cache_glob_is_literal(cache_slice_cstr("user:42]^-")));
	CHECK(!cache_glob_is_literal(cache_slice_cstr("user:*")));
	CHECK(!cache_glob_is_literal(cache_slice_cstr("?")));
	CHECK(!cache_glob_is_literal(cache_slice_cstr("[a")));
	CHECK(!cache_glob_is_literal(cache_slice_cstr("\\a")));
}

/* A random run of the given pieces. */
static CacheSlice
random_text(CacheWyrand *random, const char *const *pieces, Size n_pieces, char *buffer, Size max)
{
	Size count = cache_wyrand_below(random, max + 1);
	Size len = 0;

	while (count-- > 0)
	{
		const char *piece = pieces[cache_wyrand_below(random, n_pieces)];

		memcpy(buffer + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return cache_slice(buffer, len);
}

static void
random_patterns_agree_with_the_model(void)
{
	static const char *const pattern_pieces[] = {
		"*", "*", "?", "[", "]", "^", "-", "\\", "a", "b", "c", "é", "ü", "\xc3", "\xa9",
	};
	static const char *const text_pieces[] = {
		"a", "a", "b", "b", "c", "-", "]", "^", "\\", "*", "é", "ü", "\xc3", "\xa9",
	};
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	char pattern_bytes[MODEL_CHARS];
	char text_bytes[MODEL_CHARS];
	int hits = 0;

	for (int round = 0; round < 300000; round++)
	{
		CacheGlobUnit unit = round % 2 == 0 ? CACHE_GLOB_BYTES : CACHE_GLOB_UTF8;
		CacheSlice pattern =
			random_text(&random, pattern_pieces, lengthof(pattern_pieces), pattern_bytes, 10);
		CacheSlice text = random_text(&random, text_pieces, lengthof(text_pieces), text_bytes, 8);
		bool expected = model_match(pattern, text, unit);

		hits += expected;
		if (cache_glob_match(pattern, text, unit) != expected)
		{
			printf("# unit %d, expected %d, pattern ", unit, expected);
			check_print_bytes(pattern.data, pattern.len);
			printf(", text ");
			check_print_bytes(text.data, text.len);
			putchar('\n');
			CHECK_OR_RETURN(false);
		}
		if (cache_glob_is_literal(pattern))
			CHECK_EQ_INT(cache_glob_match(pattern, text, unit), cache_slice_equal(pattern, text));
	}
	CHECK(hits > 10000); /* or the comparison says little */
}

int
main(void)
{
	CHECK_RUN(answers_are_those_of_redis);
	CHECK_RUN(only_stars_match_the_empty_text);
	CHECK_RUN(zero_bytes_are_characters);
	CHECK_RUN(a_character_is_a_byte_or_a_code_point);
	CHECK_RUN(ranges_of_bytes_are_unsigned);
	CHECK_RUN(invalid_utf8_matches_only_itself);
	CHECK_RUN(many_stars_take_no_longer_than_a_product);
	CHECK_RUN(literals_are_told_from_patterns);
	CHECK_RUN(random_patterns_agree_with_the_model);
	return check_done();
}
