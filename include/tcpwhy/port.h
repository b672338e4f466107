/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only place that knows whether the core runs in the kernel or natively.
 *
 * Everything else in include/tcpwhy/ is plain C that clang turns into BPF and any compiler turns
 * into native code. What differs is here: how memory is read, how the verifier is helped, and how
 * functions are kept apart.
 */
#ifndef TCPWHY_PORT_H
#define TCPWHY_PORT_H

#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define TW_INLINE static inline __attribute__((always_inline, unused))

/* A core header that only some of its includers use in full must not warn. */
#define TW_MAYBE_UNUSED __attribute__((unused))

#ifdef __bpf__

/* A function of its own for the verifier: it is checked once, whoever calls it. */
#define TW_GLOBAL __attribute__((noinline))
/* What the verifier asks at the top of each such function, for each pointer that it takes. */
#define TW_NONNULL(p, error) do { if (!(p)) return (error); } while (0)
/*
 * Makes the verifier forget what it knew of a number, so that paths that differ only in it join again.
 * @salt is any number that it does not know. The second form also keeps an offset below 256.
 */
#define TW_FORGET(x, salt) asm volatile("%0 ^= %1\n%0 ^= %1" : "+r"(x) : "r"(salt))
#define TW_FORGET8(x, salt) asm volatile("%0 ^= %1\n%0 ^= %1\n%0 &= 255" : "+r"(x) : "r"(salt))
/* Keeps an offset below 256, in a way that clang cannot optimize away. */
#define TW_MASK8(x) asm volatile("%0 &= 255" : "+r"(x))
/* Hides from clang what it knows of a number, so that it keeps checks that only the verifier needs. */
#define TW_OPAQUE(x) asm volatile("" : "+r"(x))
/* True when @n bytes at @p end before @end: the only form of this that the verifier knows. */
#define TW_FITS(p, n, end) ((p) + (n) <= (end))
/* Misaligned loads are fine in the kernel on the machines that we know; memcpy would be byte loads. */
#define tw_load16(p) (*(const u16 *)(p))
#define tw_load32(p) (*(const u32 *)(p))

#else

#define TW_GLOBAL TW_MAYBE_UNUSED static
#define TW_NONNULL(p, error) do { } while (0)
#define TW_FORGET(x, salt) do { (void)(salt); } while (0)
#define TW_FORGET8(x, salt) ((x) &= 255)
#define TW_MASK8(x) ((x) &= 255)
#define TW_OPAQUE(x) do { } while (0)
#define TW_FITS(p, n, end) ((end) - (p) >= (n))

TW_INLINE u16 tw_load16(const void *p)
{
	u16 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

TW_INLINE u32 tw_load32(const void *p)
{
	u32 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

#endif

/* Big-endian fields of a packet, as host numbers. Only little-endian hosts are supported. */
#define tw_be16(p) ((u16)__builtin_bswap16(tw_load16(p)))
#define tw_be32(p) ((u32)__builtin_bswap32(tw_load32(p)))

#define TW_MIN(a, b) ((a) < (b) ? (a) : (b))
#define TW_MAX(a, b) ((a) > (b) ? (a) : (b))

#define TW_NS_PER_US 1000ULL
#define TW_NS_PER_MS 1000000ULL
#define TW_NS_PER_SEC 1000000000ULL

/* Sequence numbers, modulo 2^32 (RFC 9293, 3.4): < 0 when @a comes before @b. */
TW_INLINE s32 tw_seq_diff(u32 a, u32 b)
{
	return (s32)(a - b);
}

#endif
