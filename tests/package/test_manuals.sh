#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The manuals say what the code does: every event and field of the log is in tcpwhy-events(7) and the other way
# round, every option of --help in its command's page and the other way round, and completion knows them.
set -eu
cd "$(dirname "$0")/../.."
TCPWHY=${BUILD:-$PWD/build}/tcpwhy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# same WHAT FILE FILE: two sorted lists
same() {
	local only
	[ -s "$2" ] && [ -s "$3" ] || { echo "$1: an empty list"; failed=1; }
	only=$(comm -23 "$2" "$3")
	[ -z "$only" ] || { echo "$1: only in the code:" $only; failed=1; }
	only=$(comm -13 "$2" "$3")
	[ -z "$only" ] || { echo "$1: only in the manual:" $only; failed=1; }
}
# bold SECTION: the words that head its paragraphs
bold() {
	sed -n "/^\.SH $1\$/,/^\.SH/p" "$work/events.7" | grep -A1 '^\.TP' | grep -o 'fB[a-z_]*' | sed 's/^fB//' | sort -u
}

"$TCPWHY" help --man events >"$work/events.7"
# words TABLE: those of a table that may stand in a log
words() {
	sed -n "/define TW_$1(X)/,/^\$/p" include/tcpwhy/names.h | sed '/never written to a log/,/came later/d' |
		sed -n 's/^\tX([A-Z_]*, "\([a-z_]*\)".*/\1/p' | grep -vx none
}

words EVENTS | sort >"$work/code"
bold EVENTS >"$work/page"
same events "$work/code" "$work/page"
[ "$(wc -l <"$work/code")" -ge 36 ] || { echo "only $(wc -l <"$work/code") events were found in the code"; failed=1; }

# The macros that put a field; those of one side are orig_ and resp_. "ts" and the list of rules begin a line otherwise.
{
	echo ts
	grep -hoE '(TW_(FIELD|NUMBER|SECONDS|WORD|STRING|BOOL)|OPTION)\([^"()]*"[a-z_]+"' \
		user/line/logline.c user/line/logevent.c user/line/logfinal.c | grep -oE '"[a-z_]+"' | tr -d '"'
	grep -hoE '(COUNT|SIDE|SIDE_SECONDS)\([^"()]*"[a-z_]+"' user/line/logfinal.c | grep -oE '"[a-z_]+"' | tr -d '"' |
		sed 's/\(.*\)/orig_\1\nresp_\1/'
} | sort -u >"$work/code"
bold FIELDS >"$work/page"
same fields "$work/code" "$work/page"
[ "$(wc -l <"$work/code")" -ge 140 ] || { echo "only $(wc -l <"$work/code") fields were found in the code"; failed=1; }

for page in fields verdicts; do
	"$TCPWHY" help --man $page | cmp -s - docs/$page.md || { echo "docs/$page.md is old: make fields"; failed=1; }
done
# docs/events.md is written by hand: it has every event, cause, suspect and kind that there is, and no other.
for table in EVENTS CAUSES SUSPECTS KINDS; do words $table; done | sort -u >"$work/code"
grep '^| `' docs/events.md | cut -d'|' -f2 | grep -o '`[a-z_]*`' | tr -d '`' | sort -u >"$work/page"
same "docs/events.md" "$work/code" "$work/page"
# Every verdict has its rule there.
words VERDICTS | sort >"$work/code"
sed -n 's/^## `\(.*\)`$/\1/p' docs/verdicts.md | sort >"$work/page"
same verdicts "$work/code" "$work/page"

"$TCPWHY" help --man completion >"$work/completion"
. "$work/completion"
complete_() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=(); _tcpwhy || true; printf '%s\n' "${COMPREPLY[@]}"; }
"$TCPWHY" help --commands | sort >"$work/commands"
"$TCPWHY" help | sed -n '/^Commands/,/^$/s/^  \([a-z-]*\) .*/\1/p' | sort >"$work/helped"
same commands "$work/helped" "$work/commands"
for command in $(cat "$work/commands"); do
	"$TCPWHY" help --man "$command" >"$work/$command.1" || { echo "$command has no manual page"; failed=1; continue; }
	"$TCPWHY" "$command" --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -- '--.*' | sort -u >"$work/code"
	sed -n '/^\.SH OPTIONS/,/^\.SH [NS]/p' "$work/$command.1" | grep -A1 '^\.TP' | sed 's/\\-/-/g' |
		grep -oE '^(\\fB-.\\fR, )?\\fB--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u >"$work/page"
	same "options of $command" "$work/code" "$work/page"
	complete_ tcpwhy "$command" -- | sort -u >"$work/page"
	same "completed options of $command" "$work/code" "$work/page"
done

# Every key of the sample is in tcpwhy.conf(5).
"$TCPWHY" help --man conf >"$work/tcpwhy.conf.5"
for key in $(sed -n 's/^#\?\([a-z_]*\) = .*/\1/p' etc/tcpwhy/tcpwhy.conf); do
	grep -q "^.fB$key.fR =" "$work/tcpwhy.conf.5" || { echo "$key of etc/tcpwhy/tcpwhy.conf is not in its manual"; failed=1; }
done

"$TCPWHY" help --man tcpwhy >"$work/tcpwhy.1"
if command -v groff >/dev/null; then
	for page in "$work"/*.[157]; do
		wrong=$(groff -man -Kutf8 -Tutf8 -ww -z "$page" 2>&1 | head -3)
		[ -z "$wrong" ] || { echo "${page##*/}: $wrong"; failed=1; }
	done
fi
exit $failed
