# SPDX-License-Identifier: Apache-2.0
# Completion of heir for bash. What may stand where is for heir itself to say: see `heir complete`.

# Quotes and backslashes off, as far as one can without running what stands between them.
_heir_unquote()
{
	word=${1//[\"\'\\]/}
	[[ $word != \~/* ]] || word=$HOME/${word:2}
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

_heir()
{
	local line piece word words=() given before candidate
	COMPREPLY=()
	_heir_words
	for word in "${line[@]:1}"; do
		_heir_unquote "$word"
		words+=("$word")
	done
	given=${line[${#line[@]}-1]}
	before=${given%"$piece"}
	while IFS=$'\t' read -r candidate _; do
		case $candidate in
		:files | :directories)
			_heir_unquote "$piece"
			compopt -o filenames 2>/dev/null
			while IFS= read -r candidate; do
				COMPREPLY+=("$candidate")
			done < <(compgen "-${candidate:1:1}" -- "$word")
			;;
		*)
			candidate=${candidate#"$before"}
			[[ $piece == [\"\']* ]] || printf -v candidate %q "$candidate"
			COMPREPLY+=("$candidate")
			;;
		esac
	done < <("$1" complete -- "${words[@]}" 2>/dev/null </dev/null)
}

complete -F _heir heir
