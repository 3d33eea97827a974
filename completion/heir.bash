# SPDX-License-Identifier: Apache-2.0
# Completion of heir for bash. What may stand where is for heir itself to say: see `heir complete`.
# A candidate may hold any printable character: it is quoted for the quote that is open.

# Removes quotes and backslashes, as far as that is possible without running what is between them.
_heir_unquote()
{
	word=${1//[\"\'\\]/}
	[[ $word != \~/* ]] || word=$HOME/${word:2}
}

# Finds the quote that is open at the end of the text: `open` is one of "", ', " and $'; `inside` is
# the text behind it.
_heir_find_quote()
{
	local text=$1 c i start=0
	open=
	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		if [[ -z $open ]]; then
			case $c in
			\\) ((++i)) ;;
			[\'\"])
				[[ $c != \' || ${text:0:i} != *\$ ]] || c=\$\'
				open=$c start=$i
				;;
			esac
		elif [[ $c == \\ && $open != \' ]]; then
			((++i))
		elif [[ $c == "${open#\$}" ]]; then
			open=
		fi
	done
	inside=${text:start+1}
}

# What stands between double quotes, without its backslashes.
_heir_undouble()
{
	local text=$1 i
	word=
	for ((i = 0; i < ${#text}; i++)); do
		[[ ${text:i:1} != \\ || ${text:i+1:1} != [\"\\\$\`] ]] || ((++i))
		word+=${text:i:1}
	done
}

# Quotes the text $2 as it may stand behind the open quote $1: in `quoted`. bash expands the "!" of
# history between double quotes, and no backslash prevents it there.
_heir_quote()
{
	local text=$2 i c=
	quoted=
	if [[ -z $1 ]]; then
		printf -v quoted %q "$text"
		return
	fi
	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		case $1$c in
		\'\') quoted+="'\\''" ;;
		\"[\"\\\$\`]) quoted+=\\$c ;;
		\"!) quoted+="\"'!'\"" ;;
		*) quoted+=$c ;;
		esac
	done
	# bash takes this one for the closing quote and adds none.
	[[ $c != "$1" ]] || quoted+=$1
}

# The line up to the cursor as words in `line`. bash parts words at = and : as well; what stands
# together belongs together. `piece` is what of the last word is bash's own last word.
_heir_words()
{
	local rest=${COMP_LINE:0:COMP_POINT} i blanks word
	line=() piece=
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		blanks=${rest%%[![:space:]]*}
		rest=${rest#"$blanks"}
		# Of the last word what stands before the cursor.
		((i < COMP_CWORD)) || word=$rest
		rest=${rest#"$word"}
		if [[ -n $blanks || $i -eq 0 ]]; then
			line+=("$word")
		else
			line[${#line[@]}-1]+=$word
		fi
		piece=$word
	done
	[[ $piece != [=:] ]] || piece=
}

# The last word: `given` without its quotes, and `before`, the part of it that bash keeps. Fails where
# a quote is open that bash knows otherwise, or that does not belong to the word alone.
_heir_last()
{
	local last=${line[${#line[@]}-1]} word
	if [[ -z $open ]]; then
		_heir_unquote "$last"
		given=$word
		_heir_unquote "${last%"$piece"}"
		before=$word
		return
	fi
	[[ $open != \$\' && $last == *"$open$inside" ]] || return
	_heir_unquote "${last%"$open$inside"}"
	before=$word
	word=$inside
	[[ $open == \' ]] || _heir_undouble "$inside"
	given=$before$word
}

_heir()
{
	local line piece word words=() given before open inside quoted candidate
	COMPREPLY=()
	_heir_words
	_heir_find_quote "${COMP_LINE:0:COMP_POINT}"
	_heir_last || return
	for word in "${line[@]:1:${#line[@]}-2}"; do
		_heir_unquote "$word"
		words+=("$word")
	done
	while IFS=$'\t' read -r candidate _; do
		case $candidate in
		:files | :directories)
			compopt -o filenames 2>/dev/null
			word=${given#"$before"}
			[[ -n $open || $word != \~/* ]] || word=$HOME/${word:2}
			while IFS= read -r candidate; do
				COMPREPLY+=("$candidate")
			done < <(compgen "-${candidate:1:1}" -- "$word")
			;;
		"$before"*)
			_heir_quote "$open" "${candidate#"$before"}"
			COMPREPLY+=("$quoted")
			;;
		esac
	done < <("$1" complete -- "${words[@]}" "$given" 2>/dev/null </dev/null)
}

complete -F _heir heir
