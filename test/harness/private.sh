# A private PostgreSQL: the installed one's files under a directory of our own, where the extension
# can be added without touching the installation. Sourced by check, demo and bench, which are
# called with the directory of the run and the pg_config of the installed PostgreSQL.
#
# PostgreSQL finds its other directories relative to its running binary, so the binaries have to be
# copies; everything else is links, in real directories that can take our files.
# shellcheck shell=bash

set -euo pipefail

work=$1
installed_pg_config=$2
postgres=$work/postgres
checkout=$work/checkout
cd "$checkout"

make_private_postgres() {
	local bindir directory
	bindir=$("$installed_pg_config" --bindir)
	mkdir -p "$postgres$bindir"
	# Where all programs share a directory, only PostgreSQL's are wanted.
	cp "$bindir"/{postgres,psql,initdb,createdb,dropdb,createuser,dropuser,vacuumdb,pg_*} "$postgres$bindir"

	for directory in $("$installed_pg_config" --sharedir --pkglibdir --pkgincludedir); do
		mkdir -p "$(dirname "$postgres$directory")"
		cp --recursive --symbolic-link "$directory" "$postgres$directory"
	done
	# An installed synastry must be neither used nor written to, as the linker does through a link.
	find "$postgres" -depth -name 'synastry*' -exec rm -r {} +

	PATH=$postgres$bindir:$PATH
	for directory in $(pg_config --sharedir --pkglibdir --includedir-server --pgxs); do
		[[ $directory == "$postgres"/* ]] || {
			echo "this PostgreSQL cannot be relocated: it looks for $directory" >&2
			return 1
		}
	done
	export PG_CONFIG=$postgres$bindir/pg_config
	MAKEFLAGS=-j$(nproc)
	export MAKEFLAGS
	has_clang || MAKEFLAGS+=' -- with_llvm=no'
}

# Bitcode for PostgreSQL's JIT takes the clang that it was built with; without it there is none.
has_clang() {
	local makefile
	makefile=$(dirname "$(pg_config --pgxs)")/../Makefile.global
	[[ -x $(sed -nE 's/^CLANG = //p' "$makefile") ]]
}

# Builds the copy and installs it into the private PostgreSQL; further variables of make.
build() {
	make --silent all "$@" && make --silent install "$@"
}

build_quietly() {
	build >"$work/build.log" 2>&1 || {
		tail -n 40 "$work/build.log" >&2
		return 1
	}
}

# Starts a server with the extension preloaded, on a Unix socket in the directory of the run, and
# points psql at it. Its data are for one run, so nothing waits for the disk.
start_server() {
	initdb --pgdata="$work/data" --username=postgres --auth=trust --encoding=UTF8 \
		--locale=C.UTF-8 --no-sync >"$work/initdb.log"
	cat >>"$work/data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$work'
		shared_preload_libraries = 'synastry'
		shared_buffers = 256MB
		max_wal_size = 4GB
		wal_level = minimal
		max_wal_senders = 0
		fsync = off
		synchronous_commit = off
		full_page_writes = off
	END
	pg_ctl start --silent --wait --pgdata="$work/data" --log="$work/server.log" || {
		tail -n 20 "$work/server.log" >&2
		return 1
	}
	export PGHOST=$work PGUSER=postgres PGDATABASE=postgres
}
