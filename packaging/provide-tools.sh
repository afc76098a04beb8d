#!/usr/bin/env bash
# Provides what packages are made with, and held against. What is missing is installed with apt where it is there and we may use it; else
# this fails at once and names the packages. With the word "test" also what their tests need.
set -euo pipefail

# program=package
needed=(dpkg-deb=dpkg readelf=binutils rpmbuild=rpm)
[ "${1-}" = test ] && needed+=(lintian=lintian rpm2cpio=rpm cpio=cpio shellcheck=shellcheck mandoc=mandoc)

missing=()
for pair in "${needed[@]}"; do
  command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Packages are made with these Debian packages (or their like), and there is no apt-get here: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Packages are made with these; install them as root: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing what packages are made with: ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
