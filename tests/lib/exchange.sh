# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# The same traffic for each hook: a healthy exchange, a refused one, one with loss, and an abort. "exchange" runs it
# between c and s with the program on s0, "exchange_told" says what the log must have then, whatever the hook.

exchange() {
	serve healthy s $S4 5001 -n 1 recv:200000 send:200000 eof close
	talk c $S4 5001 send:200000 recv:200000 shut eof close
	await_ok healthy 20
	serve six s $S6 5002 -n 1 recv:1000 send:1000 eof close
	talk c $S6 5002 send:1000 recv:1000 shut eof close
	await_ok six 20
	talk c $S4 5003 close
	serve lossy s $S4 5004 -n 1 recv:300000 send:300000 eof close
	talk c $S4 5004 send:300000 recv:300000 shut eof close
	await_ok lossy 60
	serve aborts s $S4 5005 -n 1 recv:10 abort
	talk c $S4 5005 send:10 idle
	await_ok aborts 20
}

# The wire of the exchange loses every 20th segment of the connection to 5004, each way.
LOSSY=("> port 5004 data every 20 drop" "< port 5004 data every 20 drop")

exchange_told() {
	local is
	for is in 5001:200000 5002:1000 5004:300000; do
		events s 1 ".event==\"connection\" and .resp_port==${is%:*} and .end==\"fin\" and .orig_bytes>=${is#*:} and
			.resp_bytes>=${is#*:}"
	done
	for is in 5001 5002; do
		events s 1 ".event==\"connection\" and .resp_port==$is and .orig_retransmits==0 and .resp_retransmits==0"
		events s 0 ".resp_port==$is and (.event|IN(\"retransmit\",\"out_of_order\",\"duplicate_segment\",\"reset\"))"
	done
	events s 1 '.event=="reset" and .resp_port==5003 and .cause=="refused" and .dir=="out"'
	events s 1 '.event=="reset" and .resp_port==5005 and .cause=="aborted" and .dir=="out"'
	events s 2 '.event=="reset"'
	same "resent by the server, says the kernel" \
		"$(plus "$(total s '.event=="connection"' .resp_retransmits)" "$(count s '.event=="syn_ack_retransmit"')")" \
		"$(kernel s TcpRetransSegs)"
	within "resent by the server" "$(get s '.event=="connection" and .resp_port==5004' .resp_retransmits)" 5 200
	within "resent by the client" "$(get s '.event=="connection" and .resp_port==5004' .orig_retransmits)" 5 200
	events s 0 '.event=="out_of_order" or .event=="duplicate_segment"'
}
