// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Advice where packets do not get through: no answer, rejected, dropped, or too large for the path.
 *
 * The rows of a verdict come in the order in which they are told: the likeliest and cheapest check first. A
 * sentence claims only what the verdict shows.
 */
#include "adviceterms.h"

const struct tw_advice_row tw_advice_path[] = {
	/* {who}: the originator */
	{ "auth_mismatch", NULL, ANY, NEXT,
	  "A SYN-ACK that is signed as the SYN is." },
	{ "auth_mismatch", NULL, ANY, MEANS,
	  "With TCP MD5 or AO each side drops what is not signed with the key that it knows for the other: without a word, "
	  "so that both wait in vain." },
	{ "auth_mismatch", NULL, ANY, CHECK,
	  "The password or key of this session on both routers: is it set on {orig} for {resp}, and on {resp} for {orig}, for "
	  "these very addresses?" },
	{ "auth_mismatch", NULL, ANY, CHECK,
	  "On a Linux host `nstat -az TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure` tells which of them it "
	  "is." },

	/* {who}: the originator */
	{ "no_answer", NULL, ANY, NEXT,
	  "A SYN-ACK within one round trip, or a RST if nothing listens on port {port}, or an ICMP error if there "
	  "is no way. Silence is none of these." },
	{ "no_answer", "!unacceptable", AWAY_WHOM, MEANS,
	  "The SYN did not arrive at {resp}, or something dropped it there without a word, or the answer was lost "
	  "on its way back. From this side alone nobody can tell which." },
	{ "no_answer", "!unacceptable", WHOM, MEANS,
	  "The SYN did reach this host, and nothing left it in answer. The path there is innocent." },
	{ "no_answer", "unacceptable", ANY, MEANS,
	  "What did come were RSTs that do not acknowledge the SYN. The originator must ignore them, so for it they are no answer." },
	{ "no_answer", NULL, AWAY_WHOM, CHECK,
	  "Watch on {resp} as well: tcpwhy run, or tcpdump 'host {orig} and tcp port {port}'. If the SYN arrives "
	  "there, the fault is on that host or on the way back. If not, it is on the way there." },
	{ "no_answer", NULL, AWAY_WHOM, CHECK,
	  "A firewall between that drops silently (a cloud's security group is one). One that rejects would show "
	  "as a RST or an ICMP error." },
	{ "no_answer", NULL, ANY, CHECK,
	  "On {resp}: is the accept queue of port {port} full? `ss -ltn 'sport = :{port}'` shows Recv-Q above "
	  "Send-Q, `nstat -az TcpExtListenOverflows TcpExtListenDrops` counts." },
	{ "no_answer", NULL, ANY, CHECK,
	  "On {resp}: its own firewall (`nft list ruleset`), a full conntrack table (dmesg), and rp_filter where "
	  "it has several ways (`nstat -az TcpExtIPReversePathFilter`)." },
	{ "no_answer", NULL, AWAY_WHOM, CHECK,
	  "The way back: a stateful firewall that sees only one direction drops what it did not see begin." },

	{ "dropped_by_kernel", NULL, ANY, NEXT,
	  "The packet should have reached its socket, and been answered." },
	{ "dropped_by_kernel", NULL, ANY, MEANS,
	  "This host's own kernel dropped it, for the reason above. Neither the path nor the other side is to "
	  "blame." },
	{ "dropped_by_kernel", "NETFILTER", ANY, CHECK,
	  "A firewall rule of this host: `nft list ruleset` (look for drop, for a chain's policy, and for "
	  "conntrack's state invalid). `nft monitor trace` names the rule, once a rule `meta nftrace set 1` marks "
	  "the packets." },
	{ "dropped_by_kernel", "LISTEN", ANY, CHECK,
	  "The accept queue of port {port} is full: the application accepts too slowly, or listen()'s backlog and "
	  "net.core.somaxconn are too small. `ss -ltn 'sport = :{port}'` shows Recv-Q above Send-Q." },
	{ "dropped_by_kernel", "RPFILTER", ANY, CHECK,
	  "rp_filter: the way back to {orig} leaves by another interface. `ip route get {orig}`; rp_filter=2 "
	  "(loose) accepts such paths." },
	{ "dropped_by_kernel", "QDISC", ANY, CHECK,
	  "The queue of the interface: `tc -s qdisc` shows drops; a shaper, a queue that is too short, or more "
	  "traffic than the link takes." },
	{ "dropped_by_kernel", "SOCKET_", ANY, CHECK,
	  "The application does not read fast enough: `ss -tmn` shows its Recv-Q and receive buffer." },
	{ "dropped_by_kernel", "PROTO_MEM", ANY, CHECK,
	  "The memory for TCP: `cat /proc/net/sockstat` beside net.ipv4.tcp_mem." },
	{ "dropped_by_kernel", "NEIGH", ANY, CHECK,
	  "The next hop is silent: `ip neigh`, its cable, its VLAN, its address." },
	{ "dropped_by_kernel", "NOROUTES", ANY, CHECK,
	  "`ip route get {resp}` and `ip route get {orig}`." },
	{ "dropped_by_kernel", "TC_", ANY, CHECK,
	  "A tc filter: `tc filter show dev IFACE ingress` and `egress`." },
	{ "dropped_by_kernel", "XDP", ANY, CHECK,
	  "An XDP program: `bpftool net`." },
	{ "dropped_by_kernel", "BPF_CGROUP", ANY, CHECK,
	  "A BPF program of a control group: `bpftool cgroup tree`." },
	{ "dropped_by_kernel", "CPU_BACKLOG", ANY, CHECK,
	  "One CPU takes more than it can: `/proc/net/softnet_stat`, RSS and RPS, net.core.netdev_max_backlog." },
	{ "dropped_by_kernel", NULL, ANY, CHECK,
	  "`nstat -az` before and after an attempt shows which counter rises." },

	/* {who}: whose packet was rejected */
	{ "rejected_by_icmp", NULL, ANY, NEXT,
	  "An answer from {whom_addr} itself." },
	{ "rejected_by_icmp", NULL, ANY, MEANS,
	  "{router} turned the packet away and said so. It is the one to ask; the silence is not the "
	  "application's." },
	{ "rejected_by_icmp", "admin_prohibited", ANY, CHECK,
	  "A firewall's rule on {router}: it rejects port {port}." },
	{ "rejected_by_icmp", "host_prohibited", ANY, CHECK,
	  "A firewall's rule on {router}: it rejects {whom_addr} or port {port} (firewalld's default reject looks "
	  "like this)." },
	{ "rejected_by_icmp", "net_prohibited", ANY, CHECK,
	  "A firewall's rule on {router}: it rejects that network." },
	{ "rejected_by_icmp", "port", ANY, CHECK,
	  "A REJECT rule on {router} (iptables' and nft's default answer is this one). A closed TCP port would "
	  "send a RST." },
	{ "rejected_by_icmp", "host", ANY, CHECK,
	  "{router} gets no ARP or neighbour answer from {whom_addr}: it is down, has another address, or sits in "
	  "another VLAN." },
	{ "rejected_by_icmp", "net", ANY, CHECK,
	  "{router} has no route to {whom_addr}." },
	{ "rejected_by_icmp", "reject_route", ANY, CHECK,
	  "{router} has a route of type unreachable or prohibit there." },
	{ "rejected_by_icmp", "ttl_exceeded", ANY, CHECK,
	  "A routing loop near {router}: `traceroute -T -p {port} {whom_addr}` shows it." },
	{ "rejected_by_icmp", "reassembly_timeout", ANY, CHECK,
	  "Fragments were lost before {router} could join them. TCP needs none where path MTU discovery works: who "
	  "sends or makes them (a tunnel, a router that clears DF)?" },
	{ "rejected_by_icmp", NULL, ANY, CHECK,
	  "`traceroute -T -p {port} {whom_addr}` from {who_addr}: does the path lead where it should?" },

	/* {who}: who sends too large */
	{ "mss_ignored", NULL, ANY, NEXT,
	  "Segments no larger than the MSS that {whom} announced." },
	{ "mss_ignored", NULL, ANY, MEANS,
	  "{who} does not keep to the MSS. A path or a host that relies on it (a tunnel behind {whom}) loses the "
	  "large segments, while short exchanges work." },
	{ "mss_ignored", NULL, ANY, CHECK,
	  "On {who_addr}: its TCP stack or its driver's offload (`ethtool -k`: try tso off). A proxy that answers "
	  "in its name would do the same." },
	{ "mss_ignored", NULL, AWAY_WHO, CHECK,
	  "Does a device between change the MSS option, so that {who} never saw this one? A log from {who_addr} "
	  "shows what arrived there." },

	{ "pmtu_ignored", NULL, ANY, NEXT,
	  "After the ICMP, packets of at most {mtu} bytes (segments of {mss}), and the lost bytes again in that "
	  "size." },
	{ "pmtu_ignored", NULL, WHO, MEANS,
	  "The ICMP reached this host, and its TCP did not act on it. Small messages pass; whatever fills a packet "
	  "hangs." },
	{ "pmtu_ignored", NULL, AWAY_WHO, MEANS,
	  "{who} ignores the ICMP, or never gets it: it passed here, but a firewall may drop it later. Small "
	  "messages pass; whatever fills a packet hangs." },
	{ "pmtu_ignored", NULL, ANY, CHECK,
	  "On {who_addr}: does its firewall let ICMP type 3 code 4 (IPv6: type 2) in? Is path MTU discovery off, "
	  "or the route's MTU locked (`ip route get {whom_addr}`; net.ipv4.ip_no_pmtu_disc)?" },
	{ "pmtu_ignored", NULL, ANY, CHECK,
	  "NAT or a load balancer before it: is the ICMP's quoted packet translated back, so that the host knows "
	  "its connection in it?" },
	{ "pmtu_ignored", NULL, ANY, CHECK,
	  "Until then: clamp the MSS to {mss} on the tunnel (nft: tcp option maxseg size set {mss}), or set the "
	  "route's MTU to {mtu} on {who_addr}." },

	{ "pmtu_black_hole", NULL, ANY, NEXT,
	  "An ICMP \"fragmentation needed\" from the router that cannot forward {len} bytes, and smaller packets at once. "
	  "The ICMP never came." },
	{ "pmtu_black_hole", NULL, ANY, MEANS,
	  "Somewhere between {who_addr} and {whom_addr} a link is smaller than {len} bytes, and its ICMP is "
	  "filtered or never sent. Small messages pass; whatever fills a packet hangs." },
	{ "pmtu_black_hole", NULL, ANY, CHECK,
	  "The tunnel or VPN on that path, its MTU, and who drops ICMP type 3 code 4 (IPv6: type 2) on the way to "
	  "{who_addr}." },
	{ "pmtu_black_hole", NULL, ANY, CHECK,
	  "Find the size that passes: `ping -M do -s SIZE {whom_addr}` from {who_addr}, SIZE = MTU - 28 (IPv6: - "
	  "48). It lies between {mtu} and {len} bytes." },
	{ "pmtu_black_hole", NULL, ANY, CHECK,
	  "Until then: clamp the MSS at the tunnel (an MSS of {mss} is known to pass), or let {who_addr} probe: "
	  "net.ipv4.tcp_mtu_probing=1." },

	/* {who}: whose segments had to be sent again */
	{ "middlebox_broke_sack", NULL, ANY, NEXT,
	  "SACK blocks about bytes that {who} did send: it would repeat just what is missing, one round trip later." },
	{ "middlebox_broke_sack", NULL, ANY, MEANS,
	  "A firewall or a load balancer gives connections other sequence numbers, and leaves those inside the SACK option as they "
	  "were. {who} cannot use them, and waits for its timer whenever a segment is lost." },
	{ "middlebox_broke_sack", NULL, ANY, CHECK,
	  "The firewalls on the path: sequence number randomisation (Cisco ASA: `set connection random-sequence-number disable`), or "
	  "a SYN proxy or load balancer whose version is known for it." },
	{ "middlebox_broke_sack", NULL, ANY, CHECK,
	  "Until then SACK does more harm than good: net.ipv4.tcp_sack=0 on {who_addr}, or let the device strip SACK-permitted." },

	{ .verdict = NULL },
};
