#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make deb: lintian has nothing to say; in a fresh Debian 12 the package is installed with what it depends on, runs,
# attaches, keeps a changed configuration when it is removed, and leaves nothing when it is purged.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
root=$work/root
name=tw$$
cleanup() {
	ip netns del "$name" 2>/dev/null || true
	for d in proc sys; do umount "$root/$d" 2>/dev/null || true; done
	umount "$root" 2>/dev/null || true
	umount "$work/layer" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "$*"; exit 1; }
skip() { echo "$*"; exit 77; }

command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || skip "needs dpkg-dev and debhelper"
make -s B="$work/build" deb >"$work/said" 2>&1 || { cat "$work/said"; fail "make deb"; }
deb=$(ls "$work"/build/deb/tcpwhy_*.deb)
if command -v lintian >/dev/null; then
	lintian --fail-on error,warning --allow-root "$work"/build/deb/*.changes >"$work/said" 2>&1 || { cat "$work/said"; fail "lintian"; }
fi

# ---- a fresh root ----
base=$(tests/lib/root 2>"$work/said") || skip "no fresh Debian: $(cat "$work/said")"
mkdir "$root" "$work/layer"
mount -t tmpfs none "$work/layer"
mkdir "$work/layer/up" "$work/layer/work"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/layer/up,workdir=$work/layer/work" "$root" 2>/dev/null ||
	skip "needs a layer over $base (overlayfs)"
mount -t proc proc "$root/proc"
mount --bind /sys "$root/sys"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
quietly() { "$@" >"$work/said" 2>&1 || { cat "$work/said"; fail "$*"; }; }

cp "$deb" "$root/tmp/tcpwhy.deb"
inside timeout 120 apt-get install -y -q --no-install-recommends /tmp/tcpwhy.deb >"$work/said" 2>&1 || {
	[ $? != 124 ] || skip "the mirror is too slow"
	grep -qE 'Unable to (fetch|connect)|Could not (resolve|connect)|Temporary failure' "$work/said" && skip "no mirror can be reached"
	cat "$work/said"
	fail "it cannot be installed"
}
inside getent passwd tcpwhy | grep -q nologin || fail "there is no user tcpwhy without a shell"
for f in /usr/bin/tcpwhy /lib/systemd/system/tcpwhy.service /lib/systemd/system/tcpwhy@.service /etc/tcpwhy/tcpwhy.conf \
	/etc/tcpwhy/rules.conf /etc/logrotate.d/tcpwhy /usr/share/bash-completion/completions/tcpwhy; do
	[ -e "$root$f" ] || fail "$f is missing"
done
[ -z "$(find "$root/etc/systemd" -name 'tcpwhy*')" ] || fail "installing it enabled the service"
quietly inside tcpwhy --version
quietly inside tcpwhy check-config /etc/tcpwhy/tcpwhy.conf

# ---- it runs: on an interface of a namespace of its own, as its user ----
ip netns add "$name"
ip -n "$name" link set lo up
quietly inside install -d -o tcpwhy -g tcpwhy -m 750 /var/log/tcpwhy
ip netns exec "$name" chroot "$root" tcpwhy run --config /etc/tcpwhy/tcpwhy.conf -i lo -d 1 >"$work/said" 2>&1 ||
	{ cat "$work/said"; fail "it does not run"; }
log=$root/var/log/tcpwhy/events.ndjson
grep -q capture_started "$log" && grep -q capture_stopped "$log" || fail "the log has no beginning or no end"
[ "$(stat -c %U "$log")" != root ] || [ "$(stat -c %u "$log")" = "$(inside id -u tcpwhy)" ] || fail "the log is root's"

# ---- upgrade, removal, purge ----
echo '# mine' >>"$root/etc/tcpwhy/tcpwhy.conf"
quietly inside dpkg -i /tmp/tcpwhy.deb
grep -qx '# mine' "$root/etc/tcpwhy/tcpwhy.conf" || fail "the upgrade lost a changed configuration"
quietly inside dpkg -r tcpwhy
[ ! -e "$root/usr/bin/tcpwhy" ] || fail "the program is still there"
[ -e "$root/etc/tcpwhy/tcpwhy.conf" ] && [ -e "$log" ] || fail "removing it lost the configuration or the log"
quietly inside dpkg -P tcpwhy
[ ! -e "$root/etc/tcpwhy" ] && [ ! -e "$root/var/log/tcpwhy" ] || fail "purging it left the configuration or the log"
left=$(cd "$root" && find . -xdev -path ./proc -prune -o -path ./sys -prune -o -path ./var/lib -prune -o -path ./var/cache -prune -o \
	-iname '*tcpwhy*' -print | grep -v '^./tmp/' || true)
[ -z "$left" ] || fail "left behind: $left"
