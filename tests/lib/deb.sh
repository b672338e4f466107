# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# Programs of Debian packages that are not installed because they would start services: taken out of the package
# into $BUILD/debs, once.

# debian_program PACKAGE PATH: prints where the program is; 1 when it cannot be had (no network, another distribution)
debian_program() {
	local dir=$BUILD/debs/$1
	if [ -x "$2" ]; then
		echo "$2"
		return
	fi
	if [ ! -x "$dir/root$2" ]; then
		mkdir -p "$dir"
		(
			flock 9
			[ ! -x "$dir/root$2" ] || exit 0
			cd "$dir" || exit 1
			timeout 120 apt-get -q -o APT::Sandbox::User=root download "$1" </dev/null >&2 || exit 1
			dpkg -x "$1"_*.deb root.new && rm -f "$1"_*.deb && mv root.new root
		) 9>"$dir/lock" || return 1
	fi
	[ -x "$dir/root$2" ] && echo "$dir/root$2"
}
