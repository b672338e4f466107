// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Link headers of captures. Each stripper checks that the bytes are there before it looks at them. */
#include "linktype.h"

#include <stddef.h>
#include <string.h>

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_IP6 0x86dd

static uint16_t be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static bool cut(struct tw_frame *f, uint32_t n)
{
	if (f->len < n)
		return false;
	f->data += n;
	f->len -= n;
	return true;
}

static bool is_vlan(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/* @type says what lies at the start: IP, or VLAN tags before it. */
static bool by_ethertype(struct tw_frame *f, uint16_t type)
{
	f->l2 = 0;
	for (int tags = 0; tags < 3 && is_vlan(type); tags++) {
		if (f->len < 4)
			return false;
		type = be16(f->data + 2);
		cut(f, 4);
	}
	f->type = type;
	return type == ETHERTYPE_IP4 || type == ETHERTYPE_IP6;
}

/* LLC with SNAP (RFC 1042). */
static bool by_snap(struct tw_frame *f)
{
	static const uint8_t snap[] = { 0xaa, 0xaa, 3, 0, 0, 0 };
	uint16_t type;

	if (f->len < 8 || memcmp(f->data, snap, sizeof(snap)))
		return false;
	type = be16(f->data + 6);
	cut(f, 8);
	return by_ethertype(f, type);
}

/* By the version in the IP header. */
static bool by_version(struct tw_frame *f)
{
	f->l2 = 0;
	return f->len && (f->data[0] >> 4 == 4 || f->data[0] >> 4 == 6);
}

static bool strip_raw(struct tw_frame *f)
{
	return by_version(f);
}

/* The classifier reads Ethernet itself; only the old form with a length instead of a type is stripped. */
static bool strip_ethernet(struct tw_frame *f)
{
	f->l2 = 0;
	if (f->len < 14)
		return false;
	if (be16(f->data + 12) > 1500) {
		f->l2 = 14;
		return true;
	}
	cut(f, 14);
	return by_snap(f);
}

static bool strip_sll(struct tw_frame *f)
{
	uint16_t type;

	if (f->len < 16)
		return false;
	type = be16(f->data + 14);
	cut(f, 16);
	return by_ethertype(f, type);
}

static bool strip_sll2(struct tw_frame *f)
{
	uint16_t type;

	if (f->len < 20)
		return false;
	type = be16(f->data);
	f->ifindex = (uint32_t)be16(f->data + 4) << 16 | be16(f->data + 6);
	cut(f, 20);
	return by_ethertype(f, type);
}

/* Four bytes of address family, whose numbers for IPv6 differ: the IP header knows better. */
static bool strip_null(struct tw_frame *f)
{
	return cut(f, 4) && by_version(f);
}

/* The protocol field may be compressed to one byte, and what is before it left out (RFC 1661). */
static bool strip_ppp(struct tw_frame *f)
{
	uint16_t protocol;

	if (f->len >= 2 && f->data[0] == 0xff && f->data[1] == 3)
		cut(f, 2);
	if (!f->len || (!(f->data[0] & 1) && f->len < 2))
		return false;
	protocol = f->data[0] & 1 ? f->data[0] : be16(f->data);
	cut(f, f->data[0] & 1 ? 1 : 2);
	f->l2 = 0;
	return protocol == 0x21 || protocol == 0x57;
}

static bool strip_hdlc(struct tw_frame *f)
{
	uint16_t type;

	if (f->len < 4)
		return false;
	type = be16(f->data + 2);
	cut(f, 4);
	return by_ethertype(f, type);
}

/* RFC 1662 framing, or Cisco's. */
static bool strip_ppp_serial(struct tw_frame *f)
{
	if (f->len >= 1 && (f->data[0] == 0x0f || f->data[0] == 0x8f))
		return strip_hdlc(f);
	return strip_ppp(f);
}

static bool strip_ppp_with_direction(struct tw_frame *f)
{
	return cut(f, 1) && strip_ppp(f);
}

static bool strip_pppoe(struct tw_frame *f)
{
	return cut(f, 6) && strip_ppp(f);
}

static bool strip_fddi(struct tw_frame *f)
{
	return cut(f, 13) && by_snap(f);
}

/* Length of the header of an IEEE 802.11 data frame; 0: no data, or encrypted. */
static uint32_t wifi_header(const uint8_t *data, uint32_t len)
{
	uint32_t header = 24;
	bool qos;

	if (len < 24 || (data[0] & 0x0c) != 8 || data[0] & 0x40 || data[1] & 0x40)
		return 0;
	if ((data[1] & 3) == 3)
		header += 6;
	qos = data[0] & 0x80;
	if (!qos)
		return header;
	if (len < header + 2 || data[header] & 0x80) /* several frames in one */
		return 0;
	return header + 2 + (data[1] & 0x80 ? 4 : 0);
}

static bool strip_wifi_padded(struct tw_frame *f, bool padded)
{
	uint32_t header = wifi_header(f->data, f->len);

	if (!header || !cut(f, padded ? (header + 3) & ~3u : header))
		return false;
	return by_snap(f);
}

static bool strip_wifi(struct tw_frame *f)
{
	return strip_wifi_padded(f, false);
}

/* Flags follow the time stamp, when both are there; one says that the 802.11 header is padded. */
static bool radiotap_padded(const uint8_t *data, uint32_t len)
{
	uint32_t at = 8, present = data[4] | (uint32_t)data[7] << 24, more = present;

	for (int i = 0; i < 8 && more >> 31; i++, at += 4) {
		if (len < at + 4)
			return false;
		more = (uint32_t)data[at + 3] << 24;
	}
	if (present & 1)
		at = ((at + 7) & ~7u) + 8;
	return present & 2 && len > at && data[at] & 0x20;
}

static bool strip_radiotap(struct tw_frame *f)
{
	uint32_t len;
	bool padded;

	if (f->len < 8)
		return false;
	len = f->data[2] | f->data[3] << 8;
	if (len < 8)
		return false;
	padded = radiotap_padded(f->data, f->len < len ? f->len : len);
	return cut(f, len) && strip_wifi_padded(f, padded);
}

static bool strip_ppi(struct tw_frame *f)
{
	uint32_t len, inner;

	if (f->len < 8)
		return false;
	len = f->data[2] | f->data[3] << 8;
	inner = f->data[4] | f->data[5] << 8;
	if (len < 8 || !cut(f, len))
		return false;
	return inner == 105 ? strip_wifi(f) : inner == 1 && strip_ethernet(f);
}

/* Attributes of netlink, in the order of bytes of the machine that wrote them: little-endian nearly always. */
static bool strip_nflog(struct tw_frame *f)
{
	if (!cut(f, 4))
		return false;
	while (f->len >= 4) {
		uint32_t len = f->data[0] | f->data[1] << 8, type = f->data[2] | f->data[3] << 8;

		if (len < 4 || len > f->len)
			return false;
		if ((type & 0x7fff) == 9) {
			cut(f, 4);
			return by_version(f);
		}
		if (!cut(f, (len + 3) & ~3u))
			return false;
	}
	return false;
}

/* OpenBSD's packet filter: the first byte is the length, to be rounded up. */
static bool strip_pflog(struct tw_frame *f)
{
	return f->len && cut(f, (f->data[0] + 3u) & ~3u) && by_version(f);
}

static bool strip_enc(struct tw_frame *f)
{
	return cut(f, 12) && by_version(f);
}

/* IP over FireWire (Apple). */
static bool strip_firewire(struct tw_frame *f)
{
	uint16_t type;

	if (f->len < 18)
		return false;
	type = be16(f->data + 16);
	cut(f, 18);
	return by_ethertype(f, type);
}

static const struct {
	uint32_t linktype;
	bool (*strip)(struct tw_frame *frame);
} known[] = {
	{ 1, strip_ethernet },
	{ 0, strip_null },
	{ 108, strip_null },
	{ 12, strip_raw },
	{ 14, strip_raw },
	{ 101, strip_raw },
	{ 228, strip_raw },
	{ 229, strip_raw },
	{ 113, strip_sll },
	{ 276, strip_sll2 },
	{ 9, strip_ppp },
	{ 50, strip_ppp_serial },
	{ 51, strip_pppoe },
	{ 166, strip_ppp_with_direction },
	{ 204, strip_ppp_with_direction },
	{ 104, strip_hdlc },
	{ 10, strip_fddi },
	{ 11, by_snap },
	{ 100, by_snap },
	{ 105, strip_wifi },
	{ 127, strip_radiotap },
	{ 192, strip_ppi },
	{ 239, strip_nflog },
	{ 117, strip_pflog },
	{ 109, strip_enc },
	{ 138, strip_firewire },
};

#define N_KNOWN (sizeof(known) / sizeof(known[0]))

static bool (*stripper(uint32_t linktype))(struct tw_frame *frame)
{
	for (size_t i = 0; i < N_KNOWN; i++)
		if (known[i].linktype == linktype)
			return known[i].strip;
	return NULL;
}

bool tw_linktype_is_known(uint32_t linktype)
{
	return stripper(linktype);
}

bool tw_linktype_strip(uint32_t linktype, struct tw_frame *frame)
{
	bool (*strip)(struct tw_frame *frame) = stripper(linktype);

	frame->ifindex = 0;
	frame->type = 0;
	return strip && strip(frame);
}
