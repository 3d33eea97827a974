# SPDX-License-Identifier: Apache-2.0
# Real containers of crun and runc in the directory of the test, each with a process that has conmon's
# command line, and bundles as CRI-O makes them: command line and annotations are those recorded in
# tests/fixtures/crio-1.37, with other ids, names and paths. To be loaded behind heir.bash.

needs_containers()
{
	[ "$(id -u)" -eq 0 ] || skip "only root makes containers"
	local program
	for program in crun runc jq unshare; do
		command -v $program >/dev/null || skip "no $program here"
	done
}

RECORDED=$HEIR_SOURCE/tests/fixtures/crio-1.37

# In a mount namespace where crun finds no hybrid cgroups, which it refuses.
outside()
{
	# shellcheck disable=SC2016 # for the other shell
	unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh "$@"
}

# The node that has them: its files, $PATH and storage are in this directory.
container_node()
{
	mkdir -p confd bin run storage/overlay-containers rootfs/bin rootfs/proc rootfs/dev
	local library
	for library in /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*'); do
		mkdir -p "rootfs${library%/*}"
		cp -L "$library" "rootfs$library"
	done
	ln -s "$(command -v crun)" bin/crun
	ln -s "$(command -v runc)" bin/runc
	# What a CRI-O needs to start.
	local program
	for program in pinns nsenter; do
		printf '#!/bin/sh\n' >bin/$program
		chmod 755 bin/$program
	done
	monitor bin/conmon
	printf '#!/bin/sh\nread -r _ <"%s"\n' "$PWD/never" >conmon
	mkfifo never
	chmod 755 conmon
	cat >confd/10-crio.conf <<-EOT
		[crio]
		runroot = "$PWD/storage"
		[crio.api]
		listen = "$PWD/s"
		[crio.runtime]
		default_runtime = "crun"
		conmon = "$PWD/bin/conmon"
		[crio.runtime.runtimes.crun]
		runtime_root = "$PWD/run/crun"
		[crio.runtime.runtimes.runc]
		runtime_root = "$PWD/run/runc"
	EOT
	: >conf
	: >processes
	OPTIONS=(--crio-version "$RELEASE" --config "$PWD/conf" --config-dir "$PWD/confd" --source-dir /nowhere --path "$PWD/bin")
}

# An id of 64 characters.
id_of()
{
	printf %s "$BATS_TEST_TMPDIR $1" | sha256sum | cut -c 1-64
}

# annotations FILE FILTER: of that recording, as an object.
annotations()
{
	jq --arg id "$ID" --arg pod "$POD_ID" --arg name "$1" --arg handler "$2" --arg container "$3" \
		".annotations | $5" "$RECORDED/bundles/$4.annotations.json"
}

# bundle ID: its directory.
bundle()
{
	echo "$PWD/storage/overlay-containers/$1/userdata"
}

# pod NAME HANDLER: a sandbox without a process.
pod()
{
	ID=$(id_of "$1") POD_ID=$ID
	mkdir -p "$(bundle "$ID")"
	annotations "$1" "$2" "" b84ae349e545181b584c8f2b3567e01817848c70e0311adf64df450927d1f38a '
		."io.kubernetes.cri-o.ContainerID" = $id | ."io.kubernetes.cri-o.SandboxID" = $id |
		."io.kubernetes.cri-o.KubeName" = $name | ."io.kubernetes.pod.name" = $name |
		."io.kubernetes.cri-o.Namespace" = "ns-" + $name |
		."io.kubernetes.cri-o.RuntimeHandler" = $handler' |
		jq '{annotations: .}' >"$(bundle "$ID")/config.json"
}

# process_of ID ROOT: the process of a container.
process_of()
{
	jq .pid "$2/$1/status" 2>/dev/null || jq .init_process_pid "$2/$1/state.json"
}

# container POD NAME RUNTIME ROOT: a container in that pod, made and started as CRI-O would.
container()
{
	POD_ID=$(id_of "$1") ID=$(id_of "$1/$2")
	local dir where options=()
	dir=$(bundle "$ID") where=$(dirname "$4")
	mkdir -p "$dir" "$where"
	annotations "$1" "" "$2" dce39c2f872cc748c70b1fc51ddaffda0d8845905aba223e4761eb5dbaab9852 '
		."io.kubernetes.cri-o.ContainerID" = $id | ."io.kubernetes.cri-o.SandboxID" = $pod |
		."io.kubernetes.container.name" = $container' >ann.json
	runc spec --bundle "$dir"
	jq --slurpfile ann ann.json --arg rootfs "$PWD/rootfs" '
		.annotations = $ann[0] | .root = {path: $rootfs} | .process.args = ["/bin/sleep", "1000"] |
		.process.terminal = false | .linux = {namespaces: [{type: "mount"}, {type: "pid"}]} |
		.mounts = [{destination: "/proc", type: "proc", source: "proc"}] | del(.hostname)' \
		"$dir/config.json" >spec.json
	mv spec.json "$dir/config.json"
	[[ $("$3" --version) != crun* ]] || options=(--cgroup-manager=disabled)
	outside "$3" --root "$4" "${options[@]}" run -d --bundle "$dir" "$ID" \
		</dev/null >made 2>&1 3>&- || {
		cat made
		case $(cat made) in
		*cgroup* | *"not permitted"* | *"device or resource busy"*) skip "no containers can be made here: $(head -n 1 made)" ;;
		esac
		return 1
	}
	process_of "$ID" "$4" >>processes
	monitored "$ID" "$3" "$4"
}

# monitored ID RUNTIME ROOT: its conmon.
monitored()
{
	local args
	mapfile -d '' -t args <"$RECORDED/proc/124"
	args=("${args[@]//dce39c2f872cc748c70b1fc51ddaffda0d8845905aba223e4761eb5dbaab9852/$1}")
	args=("${args[@]//\/run\/containers\/storage/$PWD/storage}")
	args=("${args[@]//--root=\/run\/crun/--root=$3}")
	args=("${args[@]//\/usr\/bin\/crun/$2}")
	"$PWD/conmon" "${args[@]:1}" >/dev/null 2>&1 3>&- &
	echo $! >>processes
	MONITOR=$!
	disown
	# Before its exec it has the command line of the test.
	for _ in $(seq 500); do
		! grep -qaF -- "$1" "/proc/$MONITOR/cmdline" || return 0
		sleep 0.01
	done
	return 1
}

# Ends everything that was made.
end_containers()
{
	local pid
	[ -e "$BATS_TEST_TMPDIR/processes" ] || return 0
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null || :
	done <"$BATS_TEST_TMPDIR/processes"
}

# applies STATUS [OPTION...]: heir apply that tells nobody.
applies()
{
	local wanted=$1
	shift
	answers "$wanted" scrubbed HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 "$HEIR" \
		"${OPTIONS[@]}" apply --reload none "$@"
}
