#!/usr/bin/env bash
# Provides a MySQL server for the tests, from Debian's unstable: unpacked under ${XDG_CACHE_HOME:-~/.cache}/rcron-test, so that only the first
# run fetches it; nothing is installed. Prints the tree's path. Exits with 1, having said why, where the server cannot be had.
set -euo pipefail

trees=${XDG_CACHE_HOME:-$HOME/.cache}/rcron-test
tree=$trees/mysql

# Whether the server in the tree $1 can be run, by the tree's own loader.
runs() {
  local loader
  loader=$(compgen -G "$1/usr/lib/*/ld-linux-*.so.*" | head -n 1) || return 1
  "$loader" --library-path "${loader%/*}" "$1/usr/sbin/mysqld" --no-defaults --version >/dev/null 2>&1
}

if runs "$tree"; then
  echo "$tree"
  exit 0
fi

mkdir -p "$trees"
# Left by one that was killed: whoever is still at work is done within minutes.
find "$trees" -maxdepth 1 -name '.building-mysql.*' -mmin +60 -exec rm -rf {} +
building=$(mktemp -d "$trees/.building-mysql.XXXXXX")
trap 'rm -rf "$building"' EXIT
fail() {
  echo "$1" >&2
  exit 1
}
command -v apt-get >/dev/null || fail "there is no apt-get here"

# The mirror from which this machine itself is fed: one-line style or deb822.
mirror=${RCRON_TEST_DEBIAN_MIRROR-$(
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    grep -oE '^(deb |URIs:).*https?://[^ ]+/debian/?( |$)' | grep -oE 'https?://[^ ]+' | head -n 1 || true
)}
[ -n "$mirror" ] || fail "the machine's apt sources name no Debian mirror; set RCRON_TEST_DEBIAN_MIRROR"

apt=$building/apt
mkdir -p "$apt"/{state/lists/partial,cache/archives/partial} "$building/root"
: >"$apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror unstable main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<CONF
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
CONF
export APT_CONFIG=$apt/apt.conf
{
  timeout 60 apt-get update -qq && timeout 300 apt-get install -y -qq --download-only mysql-server-core
} >"$trees/mysql.log" 2>&1 || fail "$(tail -n 3 "$trees/mysql.log")"
for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$building/root"; done
runs "$building/root" || fail "the packages hold no mysqld that runs here"
# Another run may have been faster; then its tree stays.
if ! runs "$tree"; then
  rm -rf "$tree"
  mv -T "$building/root" "$tree"
fi
echo "$tree"
