#!/usr/bin/env bash
# The story of `make demo`: real servers on this machine, and nothing of them left when it ends.
#
#   testdata/shop/demo.sh [MAQUETTE]
#
# It needs bash, git, go and terraform or tofu, and the built binary (bin/maquette unless given) with maquette-terraform beside it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
maquette=$(realpath "${1:-$root/bin/maquette}")
limit=240 # seconds for all of it

project=$(cd "$(mktemp -d)" && pwd -P)
home=$project/.maquette
export MAQUETTE_HOME=$home NO_COLOR=1
maquette() { "$maquette" "$@"; }

fail() {
	printf '\n!!! %s\n' "$*" >&2
	exit 1
}

# processes prints what lives with the mark of this home.
processes() {
	local environ entry
	for environ in /proc/[0-9]*/environ; do
		while IFS= read -r -d '' entry; do
			if [[ $entry == MAQUETTE_MARK=*"@$home" ]]; then
				entry=${environ#/proc/}
				echo "${entry%/environ}"
			fi
		done 2>/dev/null <"$environ" || true
	done
}

cleanup() {
	local code=$?
	trap - EXIT INT TERM
	kill "$watchdog" 2>/dev/null || true
	cd /
	if [ $code -ne 0 ] && [ -d "$home" ]; then
		echo "--- taking away what the demo has started"
		maquette down --dir "$project/environments" try-feature-x staging production --auto-approve >/dev/null 2>&1 || true
		local pid
		for pid in $(processes); do kill -KILL "$pid" 2>/dev/null || true; done
	fi
	chmod -R u+w "$project" 2>/dev/null || true
	rm -rf "$project"
	exit $code
}
(
	trap 'kill $sleeper' TERM
	sleep $limit &
	sleeper=$!
	wait $sleeper && kill -TERM $$ && echo "!!! the demo was not done after $limit s" >&2
) 2>/dev/null &
watchdog=$!
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '\n=== %s\n' "$*"; }

# run WANT COMMAND… prints a command, runs it, and fails unless it exits with the code WANT.
run() {
	local want=$1 code=0
	shift
	printf '$ %s\n' "$*"
	"$@" || code=$?
	[ $code -eq "$want" ] || fail "exit code $code, but $want was expected: $*"
	[ "$want" -eq 0 ] || echo "--- exit code $code, as expected"
}

# get URL prints the page there. Hosts below .localhost are this machine, whether or not its resolver knows.
get() {
	local port=${1##*:} host=${1#http://}
	port=${port%%/*} host=${host%%/*}
	if command -v curl >/dev/null; then
		curl --silent --show-error --fail --max-time 10 --noproxy '*' --header "Host: $host" "http://127.0.0.1:$port/"
	else
		exec 3<>"/dev/tcp/127.0.0.1/$port"
		printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' "$host" >&3
		cat <&3
		exec 3>&-
	fi
}

cp -R "$root/environments" "$root/modules" "$project/"
cp -R "$root/testdata/shop/app" "$project/app"
cd "$project/app"
git() { command git -c user.name=Demo -c user.email=demo@example.com -c commit.gpgsign=false -c core.hooksPath=/dev/null "$@"; }
git init --quiet
git symbolic-ref HEAD refs/heads/main
git add .
git commit --quiet --message 'The shop'
git checkout --quiet -b feature-x
sed 's/const title = "Shop"/const title = "Shop with wishes"/' web/main.go >web/main.go.new && mv web/main.go.new web/main.go
git commit --quiet --all --message 'Wishes'
feature=$(git rev-parse HEAD)
git checkout --quiet main
go build -o bin/ ./web ./api ./worker
cd "$project"
echo "The project: $project (environments, modules, and app, a git repository with a branch feature-x)"
started=$SECONDS

step '1. Production: 12 processes behind two balancers'
run 0 maquette up production --auto-approve

step '2. A staging that is one box, and lacks a feature switch: it works, and proves little'
cp environments/staging.hcl staging.hcl.kept
sed -e 's|ratio *= .*|ratio = "1/6"|' -e 's|minimum *= .*|minimum = 1|' staging.hcl.kept >environments/staging.hcl
cp environments/flags/staging.yaml staging.yaml.kept
sed -e '/express:/d' staging.yaml.kept >environments/flags/staging.yaml
run 2 maquette up staging --auto-approve
step '   Its plan is stopped, as it would be no model of production; once it is let through, parity says the same of what runs'
run 0 maquette up staging --auto-approve --allow-findings
run 2 maquette parity staging

step '3. Staging made a scale model of production'
mv staging.hcl.kept environments/staging.hcl
mv staging.yaml.kept environments/flags/staging.yaml
run 0 maquette up staging --auto-approve
run 0 maquette parity staging

step '4. A try server for the branch feature-x: one command, and a URL'
run 0 maquette up try --branch feature-x --owner ann
url=$(maquette outputs try-feature-x url)
printf '$ get %s\n' "$url"
page=$(get "$url") || fail "$url does not answer"
echo "$page"
[[ $page == *'Shop with wishes'* && $page == *"environment try-feature-x, release $feature"* ]] || fail "that is not the branch's release, $feature"

step '5. What there is'
run 0 maquette ls

step '6. All of it taken away'
run 0 maquette down try-feature-x staging production --auto-approve
run 0 maquette doctor
left=$(processes)
[ -z "$left" ] || fail "processes are left: $left"
[ -z "$(find "$home/run" "$home/ports" -type f 2>/dev/null)" ] || fail "files are left: $(find "$home/run" "$home/ports" -type f)"
[ "$(git -C app worktree list | wc -l)" -eq 1 ] || fail "worktrees are left: $(git -C app worktree list)"
[ -z "$(git -C app status --porcelain)" ] || fail "the application's repository has changed"
echo "--- no process and no file is left, after $((SECONDS - started)) s"
