#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests completion: the candidates that heir prints, and that bash, zsh and fish offer exactly
# these.

load heir

# offers WORD...: the candidates for the last of them, without what they are.
offers()
{
	heir complete -- "$@" | cut -f 1
}

same()
{
	is "$(sort -u <<<"$1")" "$(sort -u <<<"$2")"
}

# The tree that the lines below name, and heir in $PATH.
prepare()
{
	mkdir -p bin empty/deep
	ln -s "$HEIR" bin/heir
	: >facts.json
	for pool in gpu gpu-new worker; do
		printf '%s\n' --- 'apiVersion: machineconfiguration.openshift.io/v1' \
			'kind: MachineConfigPool' "metadata: {name: $pool}" 'spec: {}'
	done >objects.yaml
	dropin 50-x <<-'END'
		[crio.runtime.runtimes.gpu]
		inherit = "default"
		[crio.runtime.runtimes.gpu-batch]
		inherit = "gpu"
		[crio.runtime.runtimes.lost]
		inherit = "nobody"
	END
}

in_environment()
{
	scrubbed HOME="$BATS_TEST_TMPDIR" PATH="$BATS_TEST_TMPDIR/bin:$PATH" timeout 60 "$@"
}

# with_SHELL LINE: what the shell offers, a candidate a line. bash first parts the line as readline
# has it parted: at blanks, and at = and :, which are words.
with_bash()
{
	in_environment bash --norc --noprofile -c '
		source "$1/completion/heir.bash"
		compopt() { :; } # for the terminal only
		COMP_LINE=$2 COMP_POINT=${#2}
		mapfile -t COMP_WORDS < <(grep -oE "[^ =:]+|[=:]+" <<<"$2")
		[[ $2 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_heir heir
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$HEIR_SOURCE" "$1" | sed '/^$/d'
}

needs_zsh()
{
	command -v zsh >/dev/null || skip "no zsh here"
	zsh -fc 'zmodload zsh/zpty' 2>/dev/null || skip "this zsh has no zpty"
}

# In a terminal of its own, as a person has it. compinit is not to keep what it found (-D): it moves
# a new file to where -d says, /dev/null too.
with_zsh()
{
	in_environment zsh -f -c '
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "stty -echo -onlcr; fpath=($1/completion \$fpath); autoload -Uz compinit; compinit -u -D"
		zpty -w z "compadd() { local -a w; local x; builtin compadd -A w \"\$@\"; for x in \$w; print -r -- \"<<\$x>>\"; builtin compadd \"\$@\" }"
		zpty -w z "tell() { zle complete-word; print -r -- ANSW\"\"ERED }; zle -N tell; bindkey \"^I\" tell; print READ\"\"Y"
		zpty -r z out "*READY*"
		zpty -w -n z "$2$(printf "\t")"
		zpty -r z out "*ANSWERED*"
		print -r -- "$out"
	' zsh "$HEIR_SOURCE" "$1" | grep -oE '<<.*>>' | sed 's/^<<//; s/>>$//'
}

needs_fish()
{
	command -v fish >/dev/null || skip "no fish here"
}

with_fish()
{
	in_environment fish --no-config -c '
		source $argv[1]/completion/heir.fish
		complete -C $argv[2]
	' "$HEIR_SOURCE" "$1" | cut -f 1
}

# Lines as they are typed, up to the cursor.
lines()
{
	cat <<-'END'
		heir ex
		heir --root node explain g
		heir --root node explain crun runtime_
		heir explain --root node gpu-b
		heir --root empty/../node show gpu l
		heir show --roo node gpu
		heir rules root
		heir check --skip name-
		heir check --st
		heir --st
		heir show --format t
		heir --col
		heir --as s
		heir --root node --default-runtime gpu
		heir help di
		heir -q --root node graph gpu-b
		heir --crio-version 1.3
		heir show --verb
		heir -i objects.yaml --pool g
	END
}

# each_line SHELL: the shell offers for each line what heir does.
each_line()
{
	local line words n=0
	while IFS= read -r line; do
		n=$((n + 1))
		read -ra words <<<"$line"
		same "$(offers "${words[@]:1}")" "$("with_$1" "$line" </dev/null)" || {
			echo "line: $line"
			return 1
		}
	done < <(lines)
	[ $n -ge 16 ]
}

# ---- What heir offers ----

@test "commands, until there is one" {
	answers 0 heir complete --
	same "$(heir --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')" \
		"$(cut -f 1 <<<"$output")"
	is explain "$(offers exp)"
	is "" "$(offers x)"
	is "" "$(offers nonsense '')"
	is "" "$(offers cat '')"
}

@test "every option of a command, and of no other" {
	for command in $(offers ''); do
		same "$(heir "$command" --help | sed -nE 's/^  (-., )?(--[a-z-]+)( .*|$)/\2/p')" \
			"$(offers "$command" --)"
	done
	# Before the command, whatever one of them takes.
	[ "$(offers -- | wc -l)" -gt "$(offers show -- | wc -l)" ]
	is --strict "$(offers --str)"
}

@test "what an option takes: words, formats, rules, handlers" {
	prepare
	is "$(printf 'auto\nalways\nnever')" "$(offers --color '')"
	is stock "$(offers --as s)"
	is "--as=stock" "$(offers --as=s)"
	is "$(printf 'table\njson\ntoml\nwide')" "$(offers show --format '')"
	is "$(printf -- '--format=text\n--format=json')" "$(offers cat --format=)"
	same "$(heir rules --format json | jq -r '.rules[].id')" "$(offers check --rule '')"
	is "$(printf 'gpu\ngpu-batch')" "$(offers --root node --default-runtime gp)"
	for command in $(offers ''); do
		for format in $(offers "$command" --format ''); do
			run heir "$command" --format "$format" --root node
			[[ $output != *"no format"* ]]
		done
	done
}

@test "releases, newest first, and pools of the objects that the line names" {
	prepare
	[[ $(heir --crio-version 0 show 2>&1 || true) =~ (1\.[0-9]+)" to "(1\.[0-9]+) ]]
	is "${BASH_REMATCH[2]}" "$(offers --crio-version '' | head -n 1)"
	is "${BASH_REMATCH[1]} auto" "$(offers --crio-version '' | tail -n 2 | paste -sd ' ')"
	is "$(printf 'gpu\ngpu-new')" "$(offers -i objects.yaml --pool g)"
	is "gpu-new" "$(offers show --input=objects.yaml --pool=gpu-n | cut -d = -f 2)"
	is "" "$(offers --pool '')"
	is "" "$(offers -i /nonexistent --pool '')"
	is ":files" "$(offers diff --against '')"
	is ":files" "$(offers drift --socket '')"
}

@test "arguments, by what the usage calls them" {
	prepare
	is "$(printf 'crun\ngpu\ngpu-batch\nlost')" "$(offers --root node show '')"
	is "$(printf 'gpu\ngpu-batch')" "$(offers --root node show crun lost g)"
	is "runtime_path" "$(offers --root node explain gpu runtime_pa)"
	is "" "$(offers --root node explain gpu runtime_path '')"
	is "parent-unknown" "$(offers rules parent-u)"
	is "" "$(offers rules parent-unknown '')"
	is "schema" "$(offers help sc)"
}

@test "the node is the one that the line names, wherever it stands" {
	prepare
	other=$BATS_TEST_TMPDIR/other
	mkdir -p "$other/$CONFD"
	cp -r "$NODE/usr" "$other/usr"
	echo '[crio.runtime.runtimes.elsewhere]' >"$other/$CONFD/50-x"
	is gpu-batch "$(offers --root node show gpu-)"
	is gpu-batch "$(offers --root=node show gpu-)"
	is gpu-batch "$(offers show --root node -q gpu-)"
	is elsewhere "$(offers --root "$other" show e)"
	is elsewhere "$(offers --root node --config-dir "/$CONFD" --root "$other" show e)"
	is "" "$(offers --root node --config-dir /nowhere show g)"
	# What is no node has no handlers, and says nothing of it.
	answers 0 heir complete -- --root /nonexistent/heir show g
	[[ $output != *gpu* ]]
}

@test "files and directories are for the shell to find" {
	is ":directories" "$(offers --root '')"
	is ":directories" "$(offers --root=x)"
	is ":files" "$(offers --facts x)"
	is ":files" "$(offers --config=x)"
}

@test "behind -- there are no options" {
	is "" "$(offers show -- --f)"
	is "" "$(offers show -- --format=)"
}

@test "standard input is not waited for, nor a FIFO" {
	mkfifo pipe
	exec 4<>pipe # open for reading and writing: nothing comes, and it does not end
	for file in - pipe; do
		scrubbed timeout 5 "$HEIR" complete -- --facts $file show x <&4
	done
	exec 4<&-
}

@test "names that would break the answer are not offered, and others are as they are" {
	prepare
	dropin 60-y <<-'END'
		[crio.runtime.runtimes."x\ty"]
		[crio.runtime.runtimes."x\ny"]
		[crio.runtime.runtimes."x\u001b[31m"]
		[crio.runtime.runtimes."x\u009b31m"]
		[crio.runtime.runtimes."x\u202ey"]
		[crio.runtime.runtimes."x\u00e9"]
		[crio.runtime.runtimes."x y'\"$(touch pwned);`touch pwned`:\\"]
	END
	is "x y'\"\$(touch pwned);\`touch pwned\`:\\
xé" "$(offers --root node show x)"
}

@test "complete is in no list, and explains itself" {
	answers 0 heir --help
	[[ $output != *complete* ]]
	answers 0 heir complete --help
	shows "Usage: heir [OPTION...] complete -- [WORD...]"
}

# ---- In the shells ----

@test "bash: what heir offers" {
	prepare
	each_line bash
}

@test "bash: what stands behind = and :" {
	prepare
	# bash itself keeps "--format=".
	is "$(printf 'table\njson\ntoml\nwide')" "$(with_bash 'heir show --format=')"
	is json "$(with_bash 'heir show --format=j')"
	is "gpu-batch" "$(with_bash 'heir --root=node show gpu-')"
	dropin 60-y <<<'[crio.runtime.runtimes."with:colon"]'
	is colon "$(with_bash 'heir --root=node show with:c')"
}

@test "bash: directories, and files" {
	prepare
	is "$(printf 'empty')" "$(with_bash 'heir --root em')"
	is "empty/deep" "$(with_bash 'heir --root=empty/d')"
	is "facts.json" "$(with_bash 'heir --facts fa')"
	is "" "$(with_bash 'heir --root fa')"
}

@test "bash: a name is quoted, and nothing in it is run" {
	prepare
	dropin 60-y <<-'END'
		[crio.runtime.runtimes."x y$(touch pwned)"]
	END
	is 'x\ y\$\(touch\ pwned\)' "$(with_bash 'heir --root node show x')"
	with_bash 'heir --root $(touch${IFS}pwned) show x'
	with_bash 'heir --root `touch${IFS}pwned` show x'
	[ ! -e pwned ]
}

@test "bash: at a prompt" {
	needs_terminal
	prepare
	printf 'source %q\nheir --root=no\t graph gpu-\t; exit\n' "$HEIR_SOURCE/completion/heir.bash" |
		in_environment script -qec "bash --norc --noprofile -i" /dev/null >typed
	grep -q 'gpu-batch (inherit)' typed
}

# hostile SETUP SHELL...: names that would like to run something, completed at a prompt of the shell
# in every state of quoting, and the line entered. The command gets the very name, and nothing runs.
hostile()
{
	local setup=$1 name text state n=0
	shift
	command -v python3 >/dev/null || skip "no python3 here"
	prepare
	rm bin/heir
	cat >bin/heir <<-END
		#!/bin/sh
		[ "\$1" != complete ] || exec "$HEIR" "\$@"
		printf '%s\n' "\$@" >"$PWD/args"
	END
	chmod 755 bin/heir
	while IFS=$'\t' read -r name text; do
		dropin 60-y <<<"[crio.runtime.runtimes.$text]"
		for state in zz '"zz' "'zz" 'z"z' "z'z" "\$'zz"; do
			rm -f args
			in_environment "$HEIR_SOURCE/tests/support/types" "$setup" \
				"heir --root node explain $state" "$@" >typed 3>&-
			[ ! -e pwned ] || {
				echo "$state ran $name"
				return 1
			}
			# What bash itself unquotes otherwise gets no candidates.
			[[ $state != \$* ]] || continue
			is "$name" "$(tail -n 1 args)" || {
				echo "state: $state"
				cat -v typed
				return 1
			}
			n=$((n + 1))
		done
	done <<-'END'
		zz$(touch pwned)'; touch pwned; '!!`touch pwned`\	"zz$(touch pwned)'; touch pwned; '!!`touch pwned`\\"
		zz"; touch pwned; "	'zz"; touch pwned; "'
	END
	is 10 $n
}

@test "bash: hostile names at a prompt, whatever quote is open" {
	hostile "source $(printf %q "$HEIR_SOURCE/completion/heir.bash")" bash --norc --noprofile -i
}

@test "zsh: hostile names at a prompt, whatever quote is open" {
	needs_zsh
	hostile "fpath=($(printf %q "$HEIR_SOURCE/completion") \$fpath); autoload -Uz compinit; compinit -u -D" \
		zsh -f -i
}

@test "fish: hostile names at a prompt, whatever quote is open" {
	needs_fish
	hostile "source $(printf %q "$HEIR_SOURCE/completion/heir.fish")" fish --no-config -i
}

@test "bash: bash-completion loads it under the name that it is installed by" {
	loader=/usr/share/bash-completion/bash_completion
	[ -e $loader ] || skip "no bash-completion here"
	prepare
	mkdir -p user/completions
	name=$(sed -nE "s/.*'heir.bash', rename: '([a-z]+)'.*/\1/p" "$HEIR_SOURCE/completion/meson.build")
	cp "$HEIR_SOURCE/completion/heir.bash" "user/completions/$name"
	is "complete -F _heir heir" "$(in_environment env BASH_COMPLETION_USER_DIR="$PWD/user" \
		bash --norc --noprofile -c "source $loader; __load_completion heir; complete -p heir")"
}

@test "zsh: what heir offers" {
	needs_zsh
	prepare
	each_line zsh
}

@test "zsh: what stands behind =, directories, quotes" {
	needs_zsh
	prepare
	same "$(offers show --format=)" "$(with_zsh 'heir show --format=')"
	same empty "$(with_zsh 'heir --root em')"
	same "$(printf "empty\ndeep")" "$(with_zsh 'heir --root=empty/d')"
	same facts.json "$(with_zsh 'heir --facts fa')"
	same gpu-batch "$(with_zsh "heir --root 'node' show gpu-")"
	dropin 60-y <<<'[crio.runtime.runtimes."with:colon"]'
	same with:colon "$(with_zsh 'heir --root=node show with')"
}

@test "fish: what heir offers" {
	needs_fish
	prepare
	each_line fish
}

@test "fish: what stands behind =, directories, quotes" {
	needs_fish
	prepare
	same "$(offers show --format=)" "$(with_fish 'heir show --format=')"
	is empty/ "$(with_fish 'heir --root em')"
	is --root=empty/deep/ "$(with_fish 'heir --root=empty/d')"
	is facts.json "$(with_fish 'heir --facts fa')"
	is gpu-batch "$(with_fish "heir --root 'node' show gpu-")"
	dropin 60-y <<<'[crio.runtime.runtimes."with:colon"]'
	is with:colon "$(with_fish 'heir --root=node show with')"
}

@test "heir completion prints the scripts that are installed" {
	for pair in bash:heir.bash zsh:_heir fish:heir.fish; do
		answers 0 heir completion "${pair%:*}"
		is "$(cat "$HEIR_SOURCE/completion/${pair#*:}")" "$output"
	done
	is "complete -F _heir heir" "$(bash -c 'source <("$0" completion bash) && complete -p heir' "$HEIR")"
	answers 2 heir completion tcsh
	says '"tcsh" is not one of bash, zsh, fish'
	answers 2 heir completion
}
