# What the suites load and soak share: the server under load, and pgbench. Sourced after lanes.sh.
# shellcheck shell=bash disable=SC2034,SC2154

scripts=(page match score job ingest dashboard)

# As an application's traffic is made up; views are read seldom, and wait for those who put values in the cache.
mix=(page@53 match@25 score@8 job@1 ingest@12 dashboard@1)

ask() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }

# The server of private.sh; further lines of its configuration come from the caller.
start_loaded_server() {
	start_server
	ask --command="ALTER SYSTEM SET max_connections = 120" --command="ALTER SYSTEM SET synastry.history_interval = '5s'"
	cat >>"$work/data/postgresql.auto.conf"
	# smart: the last session may still be on its way out
	pg_ctl restart --silent --wait --mode=smart --pgdata="$work/data" --log="$work/server.log"
	ask --file=test/load/charts.sql
}

stop_loaded_server() { pg_ctl stop --silent --mode=fast --pgdata="$work/data" || true; }

# run_pgbench CLIENTS SECONDS SCRIPT[@WEIGHT]... [OPTION...]: fails when a client does. Not pgbench
# from PATH, which Debian has as a script that looks for clusters.
run_pgbench() {
	local clients=$1 seconds=$2 argument arguments=()
	shift 2
	for argument; do
		case $argument in
			-*) arguments+=("$argument") ;;
			*) arguments+=(--file="test/load/${argument%@*}.sql${argument#"${argument%@*}"}") ;;
		esac
	done
	"$("$installed_pg_config" --bindir)/pgbench" --no-vacuum --protocol=prepared --client="$clients" \
		--jobs="$((clients < cores ? clients : cores))" --time="$seconds" --random-seed=7 "${arguments[@]}"
}

# Prints what should not be there.
log_is_clean() {
	! grep -E 'ERROR|FATAL|PANIC|terminated by signal' "$work/server.log" | grep -v 'the database system is starting up'
}

cores=$(nproc)
