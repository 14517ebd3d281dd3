#!/bin/bash
# setup.sh [--list] PURPOSE...
#    Install the Debian packages that a purpose needs and that are missing. Quiet when none is.
#
# Purposes: build (make), demo, test (make test, lint, fuzz), bench, assert (make test-assert).
#
# As root, or through sudo. No cluster is created or started, and no service that comes with a package is
# left running or enabled: creation of the main cluster is switched off and a policy-rc.d keeps services
# down while apt runs, and both are put back as they were. Clusters that exist are not touched.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

policy=/usr/sbin/policy-rc.d
createcluster=/etc/postgresql-common/createcluster.conf
saved=.saved-by-cache-setup

list_only=false
if [ "${1:-}" = --list ]; then
	list_only=true
	shift
fi
[ $# -gt 0 ] || die "usage: $0 [--list] build|demo|test|bench|assert ..."

# A server that is not Debian's own brings its files with it.
own_server=false
version=
if command -v "$PG_CONFIG" > /dev/null; then
	pg_paths
	version=$PG_MAJOR
	case $BINDIR in
		/usr/lib/postgresql/*) ;;
		*) own_server=true ;;
	esac
fi

if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
	# Not Debian: whatever is there has to do, and what is missing says so itself.
	exit 0
fi

if [ -z "$version" ]; then
	version=$(apt-cache depends postgresql 2> /dev/null | sed -n 's/^ *Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1)
	version=${version:-15}
fi

# The format of the sources is what clang-format 14 makes; other tools follow when Debian has that version.
clang=()
if dpkg-query -W clang-14 > /dev/null 2>&1 || [ -n "$(apt-cache policy clang-14 2> /dev/null | grep 'Candidate: [0-9]' || true)" ] ||
	grep -q 'VERSION_ID="12"' /etc/os-release; then
	clang=(clang-14 libclang-rt-14-dev clang-format-14)
else
	clang=(clang libclang-rt-dev clang-format)
fi

build=(gcc libc6-dev make libxxhash-dev)
if ! $own_server; then
	build+=("postgresql-$version" "postgresql-server-dev-$version")
fi
test=("postgresql-$version-pgtap" libipc-run-perl pgbouncer valgrind cppcheck python3-psycopg2 "${clang[@]}")

wanted=()
for purpose in "$@"; do
	case $purpose in
		build | demo) wanted+=("${build[@]}") ;;
		test) wanted+=("${build[@]}" "${test[@]}") ;;
		bench) wanted+=("${build[@]}" redis-server memcached pgbouncer gnuplot-nox) ;;
		assert) wanted+=("${build[@]}" "${test[@]}" dpkg-dev bison flex libreadline-dev zlib1g-dev) ;;
		*) die "unknown purpose $purpose" ;;
	esac
done

missing=()
for package in $(printf '%s\n' "${wanted[@]}" | sort -u); do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true) in
		installed) ;;
		*) missing+=("$package") ;;
	esac
done

if [ ${#missing[@]} -eq 0 ]; then
	exit 0
fi
if $list_only; then
	printf '%s\n' "${missing[@]}"
	exit 0
fi

if [ "$(id -u)" != 0 ]; then
	again=(sudo)
	[ -t 0 ] || again=(sudo -n)
	if command -v sudo > /dev/null; then
		say "these Debian packages are missing: ${missing[*]}; asking sudo to install them"
		if "${again[@]}" env PG_CONFIG="$PG_CONFIG" "$0" "$@"; then
			exit 0
		fi
	fi
	die "Could not install what is missing. As root, run:
  $0 $*
or, if a main cluster of PostgreSQL and services of the packages may start:
  apt-get install --no-install-recommends ${missing[*]}"
fi

# From here on as root. One at a time: two clones may be at it.
exec 8> /run/lock/cache-setup.lock
flock 8

restore()
{
	local file
	for file in "$policy" "$createcluster"; do
		if [ -e "$file$saved" ]; then
			if [ -s "$file$saved" ]; then
				mv -f "$file$saved" "$file"
			else
				rm -f "$file" "$file$saved"
			fi
		fi
	done
}

# An earlier set-up that was killed may have left these behind.
restore
trap restore EXIT
trap 'exit 130' INT TERM HUP

# An empty saved file means: there was none.
save()
{
	if [ -s "$1" ]; then
		cp -p "$1" "$1$saved"
	else
		: > "$1$saved"
	fi
}

install_packages()
{
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y install --no-install-recommends "$@" \
		8>&- < /dev/null > "$log" 2>&1 || {
		tail -n 30 "$log" >&2
		die "apt-get could not install: $*"
	}
}

log=$(mktemp)
say "installing Debian packages: ${missing[*]}"
if ! apt-get -o DPkg::Lock::Timeout=300 -q update 8>&- < /dev/null > "$log" 2>&1; then
	# One repository out of reach need not matter; installing will tell.
	tail -n 3 "$log" >&2
fi

save "$policy"
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"

# The server package makes a cluster unless postgresql-common's file, which has to be there first, says no.
case " ${missing[*]} " in
	*" postgresql-$version "* | *" postgresql-$version-pgtap "*)
		install_packages postgresql-common
		save "$createcluster"
		sed -i '/^[[:space:]]*create_main_cluster/d' "$createcluster" 2> /dev/null || true
		echo 'create_main_cluster = false' >> "$createcluster"
		;;
esac

services=()
for service in redis-server memcached pgbouncer; do
	case " ${missing[*]} " in
		*" $service "*) services+=("$service") ;;
	esac
done

install_packages "${missing[@]}"

# What came as a tool should not start at the next boot either.
for service in ${services[@]+"${services[@]}"}; do
	deb-systemd-helper disable "$service.service" > "$log" 2>&1 || true
	update-rc.d "$service" disable > "$log" 2>&1 || true
	if [ -d /run/systemd/system ]; then
		systemctl --quiet stop "$service" > "$log" 2>&1 || true
	fi
done
rm -f "$log"
