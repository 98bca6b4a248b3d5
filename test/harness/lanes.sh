# Lanes: a lane is a command that runs tests and a way to count them. Sourced by test/harness/check
# and by the suites in test/suites, in place of private.sh. They call lane and skip, then finish,
# which prints the table of lanes; the last line is the sum, and any failure makes the exit status 1.
# shellcheck shell=bash

# shellcheck source=test/harness/private.sh
. "$(dirname "${BASH_SOURCE[0]}")/private.sh"

total_passed=0
total_failed=0
table=

# lane NAME COUNT COMMAND...: runs COMMAND into a log, from which COUNT prints "passed failed".
lane() {
	local name=$1 count=$2 log=$work/$1.log status=0 passed failed start milliseconds
	shift 2
	echo "$name ..."
	start=${EPOCHREALTIME/./}
	"$@" >"$log" 2>&1 || status=$?
	milliseconds=$(((${EPOCHREALTIME/./} - start) / 1000))
	read -r passed failed < <("$count" <"$log")

	# A lane that breaks off, or in which nothing ran, has failed although no test did.
	if ((failed == 0 && (status != 0 || passed == 0))); then
		failed=1
	fi
	table+=$(printf '%-15s %7d %7d %5d.%03d' "$name" "$passed" "$failed" \
		$((milliseconds / 1000)) $((milliseconds % 1000)))$'\n'
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	if ((failed > 0)); then
		show_failure "$name" "$log"
		return 1
	fi
}

# skip NAME REASON: a lane that cannot run here.
skip() { table+=$(printf '%-15s skipped: %s' "$1" "$2")$'\n'; }

# ---- ways to count ------------------------------------------------------------------------------

# "12 passed, 0 failed", which only make's own complaint may follow
count_total() { sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' | tail -n 1 | or_nothing; }

# The summary of pg_regress; 16 and later put a hash before it.
count_regress() {
	sed -nE -e 's/^[# ]*All ([0-9]+) tests passed.*/\1 0/p' \
		-e 's/^[# ]*([0-9]+) of ([0-9]+) tests failed.*/\2 \1/p' |
		awk '{ print $1 - $2, $2 }' | or_nothing
}

# Test Anything Protocol; subtests are indented and count with their parent.
count_tap() { awk '/^ok [0-9]/ { ok++ } /^not ok [0-9]/ { not_ok++ } END { print ok + 0, not_ok + 0 }'; }

or_nothing() { grep . || echo 0 0; }

# ---- what helps after a failure -----------------------------------------------------------------

show_failure() {
	local name=$1 log=$2
	printf '\n==== %s failed ====\n' "$name"
	tail -n 60 "$log"
	case $name in
		regress*) show_differences regression.diffs log ;;
		isolation*) show_differences output_iso/regression.diffs output_iso/log ;;
		tap*) show_tap_logs "$log" ;;
	esac
	echo
}

show_differences() {
	[[ ! -s $1 ]] || head -n 300 "$1"
	show_crashes "$2"
}

# The end of the log is a summary. What went wrong stands far above it, or, when a script died, in
# that script's own log.
show_tap_logs() {
	local script
	grep -E '^ *not ok|^ *#' "$1" | head -n 100
	while IFS= read -r script; do
		printf '\n-- the end of the log of %s.pl\n' "$script"
		tail -n 20 "tmp_check/log/regress_log_$script"
	done < <(sed -nE 's,^test/t/(.*)\.pl +\(Wstat.*,\1,p' "$1")
	show_crashes tmp_check/log
}

show_crashes() {
	grep -rnE 'PANIC|TRAP|terminated by signal|could not load library' "$1" | tail -n 20
}

# ---- lanes that several scripts have ------------------------------------------------------------

# A build in which every warning is an error, into the private PostgreSQL; further variables of make.
run_build_lane() { lane build count_total build_strictly "$@"; }

build_strictly() {
	WERROR=1 build "$@" && echo 1 passed, 0 failed
}

# Everything that takes a server. TESTS are variables of make, such as PROVE_TESTS='test/t/001*.pl'.
run_server_lanes() {
	run_regress_lane "$@"
	if compgen -G 'test/isolation/specs/*.spec' >/dev/null; then
		lane isolation count_regress make installcheck REGRESS= \
			EXTRA_REGRESS_OPTS="--temp-instance=$work/isolation"
	fi
	run_tap_lane "$@"
}

run_regress_lane() {
	lane regress count_regress make installcheck ISOLATION= \
		EXTRA_REGRESS_OPTS="--temp-instance=$work/regress" "$@"
}

run_tap_lane() {
	lane tap count_tap make installcheck REGRESS= ISOLATION= TAP_TESTS=1 PROVE_FLAGS=--verbose "$@"
}

# ---- what Debian has ----------------------------------------------------------------------------

# The mirror that this machine takes its packages from; empty if there is none.
find_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
		sed -n 's/^Debian main //p' | head -n 1
}

# fetch_from_debian SUITE COMMAND PACKAGE: source or download, with lists of apt's that nothing else uses.
fetch_from_debian() {
	local apt=$work/apt-$1 type=deb
	[[ $2 != source ]] || type=deb-src
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	echo "$type $(find_mirror) $1 main" >"$apt/sources.list"
	set -- "$2" "$3" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache"
	apt-get update "${@:3}" && apt-get "$1" --download-only "$2" "${@:3}"
}

# run_source_lane OPTION...: PostgreSQL from the source of this Debian, of the major version that is installed,
# built with options of configure; it takes the installed one's place.
run_source_lane() {
	MAKEFLAGS="-j$(nproc) -- with_llvm=no"
	export MAKEFLAGS
	lane postgres count_total build_postgres "$@" || return
	PATH=$work/built/bin:$PATH
	export PG_CONFIG=$work/built/bin/pg_config
}

build_postgres() (
	cd "$work" && fetch_from_debian "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" source \
		"postgresql-$("$installed_pg_config" --version | sed -nE 's/^PostgreSQL ([0-9]+).*/\1/p')" &&
		mkdir source && tar --extract --file="$(compgen -G '*.orig.tar.*')" --directory=source --strip-components=1 &&
		cd source &&
		./configure --quiet --prefix="$work/built" --enable-tap-tests --without-icu --without-readline \
			--without-zlib CFLAGS='-O1 -g' "$@" &&
		make --silent && make --silent -C contrib && make --silent install && make --silent -C contrib install &&
		echo 1 passed, 0 failed
)

# ---- the end ------------------------------------------------------------------------------------

# test/run reads the summary; it outlives this suite but not the run.
finish() {
	printf '\n%-15s %7s %7s %9s\n%s' lane passed failed seconds "$table"
	echo "$total_passed $total_failed" >"$work/summary"
	echo "$total_passed passed, $total_failed failed"
	((total_failed == 0))
}

# leave_out REASON: nothing of this suite can run here.
leave_out() {
	echo "skipped: $1" | tee "$work/summary"
	exit 0
}
