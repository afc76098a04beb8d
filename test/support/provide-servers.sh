#!/usr/bin/env bash
# Provides what the tests talk to: MariaDB's server, OpenSSH's server and the shells that hosts are logged in to with.
# With the word "bench" also what the benchmark measures rcron beside.
# What is missing is installed with apt where it is there and we may use it; else this fails at once and names the packages.
set -euo pipefail

# program=package, one a line
needed='
mariadbd=mariadb-server
sshd=openssh-server
ssh=openssh-client
dash=dash
mksh=mksh
busybox=busybox
tcsh=tcsh
fish=fish
zsh=zsh
dropbear=dropbear-bin
faketime=faketime
shellcheck=shellcheck
ksh93=ksh
yash=yash
openssl=openssl
setpriv=util-linux
script=bsdutils
python3=python3
systemd-notify=systemd
dpkg-deb=dpkg
readelf=binutils
mandoc=mandoc
'

PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
missing=()
for pair in $needed; do
  command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
done
# A library of the Python that the benchmark's peer is run by: no program tells that it is there.
if [ "${1-}" = bench ] && ! /usr/bin/python3 -c 'import paramiko' 2>/dev/null; then
  missing+=(python3-paramiko)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "The tests need these Debian packages (or their like), and there is no apt-get here: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "The tests need these packages; install them as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi

echo "Installing what the tests need: ${missing[*]}"
# A package must not start a server of its own: the tests start theirs.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
