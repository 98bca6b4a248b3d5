# Finds out what a run needs and lacks, and has it installed. Sourced by test/run.
# shellcheck shell=bash

harness=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# need PACKAGE TEST...: PACKAGE is missing if the command TEST fails.
need() {
	local package=$1
	shift
	"$@" >/dev/null 2>&1 || missing+=("$package")
}

has_header() { echo "#include <$1>" | gcc -E -x c -; }

# A pg_config whose server and whose server headers are both there. On Debian libpq-dev and the
# server's package have one too, without headers.
is_usable() {
	[[ -x $("$1" --bindir)/postgres && -f $("$1" --includedir-server)/postgres.h && -f $("$1" --pgxs) ]]
}

# Sets pg_config to that of PG_CONFIG or of the newest usable PostgreSQL, empty if there is none.
find_postgres() {
	local candidate
	pg_config=
	if [[ -n ${PG_CONFIG:-} ]]; then
		is_usable "$PG_CONFIG" 2>/dev/null ||
			die "PG_CONFIG=$PG_CONFIG belongs to no PostgreSQL with server and server headers"
		pg_config=$("$PG_CONFIG" --bindir)/pg_config
		return
	fi
	while IFS= read -r candidate; do
		if is_usable "$candidate" 2>/dev/null; then
			# Not the path found: Debian's /usr/bin/pg_config is a script that calls the real one.
			pg_config=$("$candidate" --bindir)/pg_config
			return
		fi
	done < <(printf '%s\n' /usr/lib/postgresql/*/bin/pg_config | sort -rV; command -v pg_config)
}

# The version to complete: of the newest server here, else the one of the distribution, which
# test/harness/install knows and puts in place of NN.
version_to_install() {
	local versions
	versions=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -rV |
		sed -nE 's,^/usr/lib/postgresql/([0-9]+)/.*,\1,p')
	if [[ -n $versions ]]; then
		head -n 1 <<<"$versions"
	else
		echo NN
	fi
}

list_build_needs() {
	local version
	missing=()
	find_postgres
	if [[ -z $pg_config ]]; then
		version=$(version_to_install)
		need "postgresql-$version" test -x "/usr/lib/postgresql/$version/bin/postgres"
		need "postgresql-server-dev-$version" test -e "/usr/include/postgresql/$version/server/postgres.h"
	fi
	need gcc command -v gcc
	need libc6-dev has_header stdio.h
	need make command -v make
	need libsimde-dev has_header simde/x86/avx2.h
	need libxxhash-dev has_header xxhash.h
}

# The layout of the sources, and the kernels for ARM, tested under emulation on x86-64; without
# these their lanes are skipped.
list_optional_needs() {
	missing=()
	need pg-bsd-indent command -v pg_bsd_indent
	[[ $(uname -m) == x86_64 ]] || return 0
	need gcc-aarch64-linux-gnu command -v aarch64-linux-gnu-gcc
	need libc6-dev-arm64-cross test -e /usr/aarch64-linux-gnu/include/stdio.h
	need qemu-user command -v qemu-aarch64
}

as_root() {
	if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

can_install() {
	command -v apt-get >/dev/null && { ((EUID == 0)) || command -v sudo >/dev/null; }
}

# Installs what is missing or says how to.
install_missing() {
	((${#missing[@]} > 0)) || return 0
	can_install || die "please install, as root: ${missing[*]}
(names of Debian's packages; NN stands for the version of PostgreSQL)"
	as_root "$harness/install" "${missing[@]}" </dev/null
}

install_and_find_postgres() {
	install_missing
	find_postgres
	[[ -n $pg_config ]] || die "no PostgreSQL with server and server headers was found"
}

need_build() {
	list_build_needs
	install_and_find_postgres
}

need_tests() {
	list_build_needs
	need perl command -v prove
	need libipc-run-perl perl -MIPC::Run -e 1
	install_and_find_postgres

	# Not worth a password or a failure.
	list_optional_needs
	if can_install && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; then
		(install_missing) || true
	fi
}

# The packages that a suite names; what cannot be installed without a password stays missing.
need_suite() {
	local package
	missing=()
	for package in $(sed -n 's/^# packages: //p' "$1"); do
		need "$package" is_installed "$package"
	done
	((${#missing[@]} > 0)) || return 0
	can_install && { ((EUID == 0)) || sudo -n true 2>/dev/null; } && (install_missing)
}

is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" | grep -qx installed; }

need_format() {
	missing=()
	need pg-bsd-indent command -v pg_bsd_indent
	install_missing
}
