#!/usr/bin/env bash
# Checks the Markdown files: links and anchors lead somewhere, commands name what
# exists, the README is short and its figures are those of the versions that
# internal/compare requires.
#
#	bash .ci/docs.sh            # this checkout
#	bash .ci/docs.sh DIRECTORY  # another one
#
# It needs no network: addresses of other hosts are not checked.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "${1:-$(dirname "$0")/..}"

readonly max_readme=200
readonly begin='<!-- performance: go -C internal/compare run ./report -write -->'
readonly end='<!-- end of performance -->'
failures=0
fail() {
	echo "docs: $*" >&2
	failures=$((failures + 1))
}

# documents lists the Markdown files, also those that are not committed yet.
documents() {
	git ls-files --cached --others --exclude-standard '*.md' | sort -u | while read -r file; do
		[[ ! -f $file ]] || echo "$file"
	done
}

# prose prints a file without its code.
prose() { awk '/^ *(```|~~~)/ { fence = !fence; next } !fence { gsub(/`[^`]*`/, ""); print }' "$1"; }

# targets prints where a file's links and pictures lead.
targets() {
	prose "$1" | grep -oE '\]\([^)]+\)|^ *\[[^]]+\]: *[^ ]+|(href|src|srcset)="[^"]+"' |
		sed -E 's/^\]\(//; s/\)$//; s/^ *\[[^]]+\]: *//; s/^(href|src|srcset)="//; s/"$//; s/[ ].*$//; s/^<(.*)>$/\1/' || true
}

# anchors prints the names of a file's headings, as GitHub makes them.
anchors() {
	awk '
		/^ *(```|~~~)/ { fence = !fence }
		fence { next }
		/^#+ / {
			sub(/^#+ +/, ""); sub(/ +#* *$/, "")
			text = $0
			while (match(text, /\[[^]]*\]\([^)]*\)/)) {
				link = substr(text, RSTART + 1, RLENGTH - 2)
				sub(/\].*/, "", link)
				text = substr(text, 1, RSTART - 1) link substr(text, RSTART + RLENGTH)
			}
			text = tolower(text)
			gsub(/[^[:alnum:] _-]/, "", text); gsub(/ /, "-", text)
			print (seen[text]++ ? text "-" seen[text] - 1 : text)
		}
		{ while (match($0, /(id|name)="[^"]+"/)) { name = substr($0, RSTART, RLENGTH); gsub(/^[^"]*"|"$/, "", name); print name; $0 = substr($0, RSTART + RLENGTH) } }
	' "$1"
}

check_target() {
	local file=$1 target=$2 path anchor=
	case $target in *://* | mailto:*) return ;; esac
	[[ $target != *'#'* ]] || anchor=${target#*#}
	path=${target%%#*}
	case $path in
	'') path=$file ;;
	/*) path=.$path ;;
	*) path=$(dirname "$file")/$path ;;
	esac
	if [[ ! -e $path ]]; then
		fail "$file: $target does not exist"
	elif [[ -n $anchor && $path == *.md ]] && ! anchors "$path" | grep -qxF -- "$anchor"; then
		fail "$file: $target: there is no such heading"
	fi
}

# check_commands looks at commands wherever they stand, in code above all.
check_commands() {
	local file=$1 line dir package
	while read -r line; do
		dir=.
		[[ $line != go\ -C* ]] || dir=$(awk '{ print $3 }' <<<"$line")
		package=${line##* }
		compgen -G "$dir/$package/*.go" >/dev/null || fail "$file: $line: there is no program"
	done < <(grep -oE 'go (-C [^ `]+ )?run \./[A-Za-z0-9_./-]*[A-Za-z0-9_]' "$file" | sort -u)
	while read -r line; do
		[[ -e ${line#bash } ]] || fail "$file: $line: there is no such script"
	done < <(grep -oE 'bash \.ci/[A-Za-z0-9_./-]*[A-Za-z0-9_]' "$file" | sort -u)
	while read -r dir; do
		[[ -f $dir/go.mod ]] || fail "$file: go -C $dir: there is no module"
	done < <(grep -oE 'go -C [A-Za-z0-9_./-]+' "$file" | awk '{ print $3 }' | grep -v '^/' | sort -u)
}

# check_examples compares the examples with those that the README names.
check_examples() {
	local name
	while read -r name; do
		[[ -f examples/$name/main.go ]] || fail "README.md: example $name does not exist"
	done < <(grep -oE '`\./[a-z-]+`' README.md | tr -d '`' | sed 's|^\./||' | sort -u)
	for name in examples/*/main.go; do
		name=$(basename "$(dirname "$name")")
		grep -qE "(\`|run )\./$name\b|examples/$name\b" README.md || fail "README.md does not name example $name"
	done
}

check_performance() {
	local table module version
	if [[ $(grep -cxF -- "$begin" README.md) != 1 || $(grep -cxF -- "$end" README.md) != 1 ]]; then
		fail "README.md must have the marks of the performance table once, each on a line of its own: $begin and $end"
		return
	fi
	table=$(awk -v begin="$begin" -v end="$end" '$0 == end { exit } inside { print } $0 == begin { inside = 1 }' README.md)
	grep -q '^|' <<<"$table" || fail "README.md: there is no table between the performance marks"
	for module in aws-sdk-go-v2 aws-sdk-go-v2/service/ecrpublic smithy-go; do
		version=$(awk -v module="github.com/aws/$module" '$1 == module { print $2 }' internal/compare/go.mod)
		[[ -n $version ]] || fail "internal/compare/go.mod does not require github.com/aws/$module"
		grep -qE "(^|[ ,;])${module//./\\.} ${version//./\\.}([,;.]|$)" <<<"$table" ||
			fail "README.md: the figures are not those of $module $version; take them again: go -C internal/compare run ./report -write"
	done
}

count=0
while read -r file; do
	count=$((count + 1))
	while read -r target; do
		check_target "$file" "$target"
	done < <(targets "$file")
	check_commands "$file"
done < <(documents)
((count > 0)) || fail "there are no Markdown files"
lines=$(wc -l <README.md)
((lines < max_readme)) || fail "README.md has $lines lines, it must have fewer than $max_readme"
check_examples
check_performance
((failures == 0)) || { echo "docs: $failures things to mend" >&2; exit 1; }
echo "docs: $count files are in order"
