/*
 * base_wyrand_portable.c
 *    The tests of base/wyrand.h once more, as a compiler without 128-bit integers sees it.
 */
#undef __SIZEOF_INT128__

#include "base_wyrand.c"
