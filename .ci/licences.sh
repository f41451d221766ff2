#!/usr/bin/env bash
# Lists the licence of every module that this repository's programs and tests are
# built of, and fails on one that is not allowed: bash .ci/licences.sh
#
# The texts are few and well known, so their wording tells them apart. Where a
# file holds several, all of them have to be allowed.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly allowed="Apache-2.0 BSD-2-Clause BSD-3-Clause ISC MIT"

# licence names the licence of a text on standard input.
licence() {
	local text
	text=$(tr -s '[:space:]' ' ')
	local names=()
	case $text in
	*"GNU "*"GENERAL PUBLIC LICENSE"*) names+=(GPL) ;;
	*"Mozilla Public License"*) names+=(MPL) ;;
	esac
	case $text in *"Permission is hereby granted, free of charge"*) names+=(MIT) ;; esac
	case $text in *"Permission to use, copy, modify, and"*"distribute this software for any purpose"*) names+=(ISC) ;; esac
	case $text in *"Apache License"*"Version 2.0"*) names+=(Apache-2.0) ;; esac
	case $text in *"Redistribution and use in source and binary forms"*)
		case $text in
		*"Neither the name"*) names+=(BSD-3-Clause) ;;
		*) names+=(BSD-2-Clause) ;;
		esac
		;;
	esac
	(
		IFS=+
		echo "${names[*]:-unknown}"
	)
}

# dependencies prints "path version directory" of what the packages and tests of
# the module in this directory import, directly or not.
dependencies() {
	go list -deps -test -f '{{with .Module}}{{if not .Main}}{{with .Replace}}{{else}}{{$.Module.Path}} {{$.Module.Version}} {{$.Module.Dir}}{{end}}{{end}}{{end}}' ./... | sort -u
}

failed=0 count=0
while read -r path version directory; do
	[[ -n $path ]] || continue
	count=$((count + 1))
	files=$(find "$directory" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' \) | sort)
	if [[ -z $files ]]; then
		name=none
	else
		name=$(xargs -d '\n' cat <<<"$files" | licence)
	fi
	verdict=
	for part in ${name//+/ }; do
		[[ " $allowed " == *" $part "* ]] || verdict="  NOT ALLOWED"
	done
	[[ -z $verdict ]] || failed=$((failed + 1))
	printf '%-27s %s %s%s\n' "$name" "$path" "$version" "$verdict"
done < <(find . -name go.mod -not -path '*/node_modules/*' -exec dirname {} \; | while read -r module; do (cd "$module" && dependencies); done | sort -u)
echo "$count modules, $failed with a licence outside: $allowed"
[[ $count -gt 0 && $failed == 0 ]]
