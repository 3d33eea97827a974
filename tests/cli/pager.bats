#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Long answers on a terminal go through a pager.

load heir

demands()
{
	needs_terminal
}

# on_terminal [NAME=VALUE...] COMMAND...: heir's command for the node, on a terminal. The words may
# hold no blanks or quotes: script(1) gives them to a shell.
on_terminal()
{
	local variables=()
	while [[ ${1:-} == *=* ]]; do
		variables+=("$1")
		shift
	done
	scrubbed TERM=xterm PATH="$PWD/bin:$PATH" "${variables[@]}" timeout 20 script -qec \
		"stty cols 100 rows 30; $HEIR --crio-version $RELEASE --root $NODE $*" /dev/null </dev/null >shown
}

sample()
{
	mkdir -p bin
	dropin 10-a <<-'EOF'
		[crio.runtime]
		log_level = "debug"
		[crio.runtime.runtimes.gpu]
		inherit = "default"
	EOF
	# Says that it ran, and what it was given.
	cat >bin/less <<-'EOF'
		#!/bin/sh
		echo "less: $LESS $LV secure=$LESSSECURE args=$*"
		sed 's/^/paged: /'
	EOF
	chmod 755 bin/less
}

@test "blame, explain and show --all go through less with -FRX, and nothing else does" {
	sample
	for words in "blame" "explain gpu" "explain log_level" "show --all" "show --all -o json"; do
		on_terminal "$words"
		grep -q "^less: FRX -c secure= args=" shown
		grep -q "^paged: " shown
	done
	for words in show "show gpu" cat version "check --strict" "help blame"; do
		on_terminal "$words" || :
		[ -s shown ]
		! grep -q "less:" shown || return 1
	done
	# What the user says of less stays.
	on_terminal LESS=S blame
	grep -q "^less: S -c" shown
	on_terminal SUDO_UID=1000 blame
	grep -q "secure=1" shown
}

@test "no pager in a pipe, with --no-pager, with an empty one or cat, and on a dumb terminal" {
	sample
	scrubbed TERM=xterm PATH="$PWD/bin:$PATH" "$HEIR" --crio-version "$RELEASE" --root "$NODE" blame >shown
	! grep -q "less:" shown || return 1
	for variable in PAGER= HEIR_PAGER= PAGER=cat HEIR_PAGER=cat TERM=dumb; do
		on_terminal "$variable" blame
		! grep -q "less:" shown || return 1
		grep -q "log_level" shown
	done
	on_terminal blame --no-pager
	! grep -q "less:" shown || return 1
	grep -q "log_level" shown
}

@test "HEIR_PAGER goes before PAGER; words are its arguments, and a shell runs what needs one" {
	sample
	on_terminal PAGER="sed s/^/one:/" blame
	grep -q "^one:" shown
	on_terminal PAGER="sed s/^/one:/" HEIR_PAGER="  sed   s/^/two:/ " blame
	grep -q "^two:" shown
	! grep -q "one:" shown || return 1
	on_terminal PAGER="sed 's/^/a b:/' | tr a-z A-Z" blame
	grep -q "^A B:.*LOG_LEVEL" shown
}

@test "a pager that cannot be run: the answer is printed as it is" {
	sample
	on_terminal PAGER=/nonexistent/pager blame
	grep -q "log_level" shown
	mkdir few
	for program in timeout script stty sh; do
		ln -s "$(command -v "$program")" few/
	done
	on_terminal PATH="$PWD/few" blame
	grep -q "log_level" shown
}

@test "nothing of the input reaches the pager's command line or a shell" {
	sample
	dropin '20$(touch pwned)' <<-'EOF'
		[crio.runtime.runtimes."zz$(touch pwned)`touch pwned`;touch pwned"]
		inherit = "default"
	EOF
	for pager in less "cat | cat"; do
		on_terminal PAGER="$pager" blame
		grep -q 'touch pwned' shown
		[ ! -e pwned ]
		on_terminal PAGER="$pager" "explain 'zz\$(touch pwned)\`touch pwned\`;touch pwned'"
		grep -q 'touch pwned' shown
		[ ! -e pwned ]
	done
}

@test "who leaves the pager early ends heir in silence, with the code of the command" {
	sample
	{
		echo "[crio.runtime]"
		seq 20000 | sed 's/.*/unknown_& = & # and so many words that no pipe holds all of these lines/'
	} | dropin 50-long
	on_terminal PAGER="head -n2" blame
	is 2 "$(grep -c . shown)"
	! grep -qi "pipe" shown || return 1
	# The code is that of the command, not of the pager.
	on_terminal PAGER=false blame
	run on_terminal PAGER=true explain no_such_key
	is 2 "$status"
}

@test "SIGINT is the pager's; colour and width are the terminal's" {
	sample
	cat >bin/stays <<-'EOF'
		#!/bin/sh
		kill -INT $PPID
		sleep 0.2
		cat
		echo "stayed"
	EOF
	chmod 755 bin/stays
	on_terminal PAGER="$PWD/bin/stays" blame
	grep -q "log_level" shown
	grep -q "stayed" shown
	on_terminal blame
	grep -q $'paged: .*\033\\[' shown
}

@test "messages are printed before the pager starts" {
	sample
	dropin 50 <<<$'[crio.runtime]\ndefault_runtime = "no-such"'
	run on_terminal blame
	is 1 "$status"
	messages=$(grep -n "no-such" shown | head -1 | cut -d: -f1)
	pages=$(grep -n "^less:" shown | cut -d: -f1)
	! sed -n "${messages}p" shown | grep "paged" || return 1
	[ "$messages" -lt "$pages" ]
}
