#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make install and uninstall: all that belongs to it is there, works from there, a configuration that was changed
# is left alone, and nothing else stays behind.
set -eu
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
fail() { echo "$*"; exit 1; }
there() { [ -e "$root/$1" ] || { (cd "$root" && find . -type f); fail "$1 is missing"; }; }

make_() { make -s B="${B#"$PWD"/}" DESTDIR="$root" "$@"; }
for prefix in /usr/local /usr; do
	make_ install PREFIX=$prefix >"$work/said"
	for f in bin/tcpwhy lib/systemd/system/tcpwhy.service lib/systemd/system/tcpwhy@.service lib/sysusers.d/tcpwhy.conf \
		share/man/man1/tcpwhy.1 share/man/man1/tcpwhy-run.1 share/man/man7/tcpwhy-events.7 \
		share/man/man5/tcpwhy.conf.5 share/bash-completion/completions/tcpwhy share/doc/tcpwhy/README.md; do
		there $prefix/$f
	done
	there etc/tcpwhy/tcpwhy.conf
	"$root$prefix/bin/tcpwhy" --version | grep -q "^tcpwhy [0-9]" || fail "$prefix/bin/tcpwhy does not run"
	"$root$prefix/bin/tcpwhy" check-config "$root/etc/tcpwhy/tcpwhy.conf" >"$work/said" || { cat "$work/said"; fail "the sample is wrong"; }
	grep -q "^ExecStart=$prefix/bin/tcpwhy run --config /etc/tcpwhy/tcpwhy.conf" "$root$prefix/lib/systemd/system/tcpwhy.service" ||
		fail "the service runs another program"
	! grep -rn '@[A-Z]*@' "$root$prefix/lib/systemd" || fail "a unit was not filled in"
	[ -z "$(find "$root" -type f -perm /022)" ] || fail "files that anybody may write: $(find "$root" -perm /022)"

	echo '# mine' >>"$root/etc/tcpwhy/tcpwhy.conf"
	make_ install PREFIX=$prefix >"$work/said"
	grep -qx '# mine' "$root/etc/tcpwhy/tcpwhy.conf" || fail "the second make install lost a changed configuration"
	make_ uninstall PREFIX=$prefix >"$work/said"
	left=$(cd "$root" && find . -type f)
	[ "$left" = ./etc/tcpwhy/tcpwhy.conf ] || fail "left behind: $left"
	rm "$root/etc/tcpwhy/tcpwhy.conf"
done
