// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The floor of bench-read: every packet of a capture through libpcap, and nothing done with it. */
#include <pcap.h>
#include <stdio.h>

static unsigned long long packets, bytes;

static void on_packet(unsigned char *ctx, const struct pcap_pkthdr *header, const unsigned char *data)
{
	packets++;
	bytes += header->len;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE] = "usage: read_bare FILE";
	pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;

	if (!pcap || pcap_loop(pcap, -1, on_packet, NULL)) {
		fprintf(stderr, "read_bare: %s\n", pcap ? pcap_geterr(pcap) : error);
		return 1;
	}
	printf("%llu packets, %llu bytes\n", packets, bytes);
	pcap_close(pcap);
	return 0;
}
