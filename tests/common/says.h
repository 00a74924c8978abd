/* SPDX-License-Identifier: MIT */
/*
 * What a call prints on standard error, compared to the letter:
 * says_begin(), the call, assert_says("pagewise: ... %p ...\n", ...).
 */
#ifndef PW_TESTS_SAYS_H
#define PW_TESTS_SAYS_H

static int says_stderr = -1, says_file = -1;

static void says_begin(void)
{
    says_stderr = dup(2);
    says_file = memfd_create("says", 0);
    assert_true(says_stderr >= 0 && says_file >= 0);
    dup2(says_file, 2);
}

static void assert_says(const char *form, ...)
{
    char want[1000], said[1000];
    va_list args;
    ssize_t n;

    fflush(stderr);
    dup2(says_stderr, 2);
    n = pread(says_file, said, sizeof(said) - 1, 0);
    close(says_stderr);
    close(says_file);
    assert_true(n >= 0);
    said[n] = '\0';
    va_start(args, form);
    vsnprintf(want, sizeof(want), form, args);
    va_end(args);
    assert_string_equal(said, want);
}

#endif
