/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets within packets: tunnels, labels, sessions, mirrors. The core takes Ethernet or bare IP with TCP in it; what
 * is packed deeper is named here, and unpacked one layer at a time. For captures only: the kernel's programs see the
 * packets inside on the tunnel's own interface.
 */
#ifndef TCPWHY_USER_ENCAP_H
#define TCPWHY_USER_ENCAP_H

#include <stdbool.h>
#include <stdint.h>

#include "linktype.h"

/* X(id, word in the log, name for people) */
#define TW_ENCAPS(X) \
	X(NONE, "none", "none") \
	X(VXLAN, "vxlan", "VXLAN") \
	X(GENEVE, "geneve", "Geneve") \
	X(GRE, "gre", "GRE") \
	X(ERSPAN, "erspan", "ERSPAN") \
	X(GTP, "gtp", "GTP") \
	X(TZSP, "tzsp", "TZSP") \
	X(IPIP, "ipip", "IP in IP") \
	X(6IN4, "6in4", "6in4") \
	X(4IN6, "4in6", "4in6") \
	X(6IN6, "6in6", "IPv6 in IPv6") \
	X(MPLS, "mpls", "MPLS") \
	X(PPPOE, "pppoe", "PPPoE") \
	X(L2TP, "l2tp", "L2TP") \
	X(TEREDO, "teredo", "Teredo") \
	X(ETHERIP, "etherip", "EtherIP") \
	X(VLAN, "vlan", "more than three VLAN tags") \
	X(PBB, "pbb", "MAC in MAC") \
	X(FABRICPATH, "fabricpath", "FabricPath") \
	X(ESP, "esp", "ESP") \
	X(AH, "ah", "AH") \
	X(IPCOMP, "ipcomp", "IPComp") \
	X(MACSEC, "macsec", "MACsec")

#define X(id, word, name) TW_ENCAP_##id,
enum tw_encap { TW_ENCAPS(X) _TW_ENCAP_MAX };
#undef X

/* As deep as is looked: eight layers. */
#define TW_ENCAP_DEPTH 8

/* Words and names; NULL beyond the last. */
const char *tw_encap_word(unsigned int encap);
const char *tw_encap_name(unsigned int encap);
/* Whether what it carries can be read at all: neither encrypted nor compressed. */
bool tw_encap_opens(enum tw_encap encap);

/*
 * What the packet in @frame is wrapped in; TW_ENCAP_NONE: nothing that is known. @frame and @ip: as tw_linktype_strip()
 * left it, and what it returned. Of a fragmented packet only the first fragment can be told.
 */
enum tw_encap tw_encap_of(const struct tw_frame *frame, bool ip);

struct tw_opened {
	enum tw_encap outer;  /* the outermost layer; TW_ENCAP_NONE: there was none */
	enum tw_encap closed; /* the layer that could not be opened; TW_ENCAP_NONE: there is none */
	uint64_t tunnel;      /* 0: none; else the same for packets through the same layers, by outer addresses and by
			       * what they are numbered with (VNI, key, label, session). Where both ways have numbers
			       * of their own (GTP, MPLS, L2TP) they are two tunnels */
	bool ip;              /* what is left is IP, or Ethernet: for the core */
};

/* Goes into @frame as far as it can: it becomes what is in the innermost layer that opens. */
struct tw_opened tw_encap_open(struct tw_frame *frame, bool ip);

#endif
