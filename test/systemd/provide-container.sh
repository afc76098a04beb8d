#!/usr/bin/env bash
# Provides what the tests of the service boot: systemd-nspawn, and one Debian tree for each systemd that the unit is
# held against. The trees stay under ${XDG_CACHE_HOME:-~/.cache}/rcron-test, so that only the first run fetches them.
set -euo pipefail

# Debian release, and why: its systemd is 252, without OpenFile=; 257, with it.
releases=(bookworm trixie)
# Empty: where debootstrap itself goes by default.
mirror=${RCRON_TEST_DEBIAN_MIRROR-}
trees=${XDG_CACHE_HOME:-$HOME/.cache}/rcron-test
# libpam-systemd gives each login a session scope of its own, as on a usual host.
packages=systemd,systemd-sysv,libpam-systemd,dbus,openssh-server,openssh-client,ca-certificates

if [ "$(id -u)" -ne 0 ]; then
  echo "A systemd of its own is booted in a container, which only root may do. Try: sudo -E npm run test:systemd" >&2
  exit 1
fi

PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
missing=()
for pair in systemd-nspawn=systemd-container debootstrap=debootstrap nsenter=util-linux setpriv=util-linux; do
  command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "These Debian packages (or their like) are needed, and there is no apt-get here: ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing what boots the container: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# A tree is given its name only when it is whole, and made anew when other packages are wanted in it.
provide_tree() {
  local release=$1 log=$trees/$1.log building
  [ "$(cat "$trees/$release/.packages" 2>/dev/null)" = "$packages" ] && return
  echo "Fetching Debian $release into $trees (about a minute)"
  building=$(mktemp -d "$trees/.building-$release.XXXXXX")
  if debootstrap --variant=minbase --include="$packages" "$release" "$building" ${mirror:+"$mirror"} >"$log" 2>&1; then
    rm -rf "$building"/var/cache/apt/archives/*.deb
    echo "$packages" >"$building/.packages"
    rm -rf "${trees:?}/$release"
    mv -T "$building" "$trees/$release"
  else
    rm -rf "$building"
    echo "debootstrap could not fetch Debian $release from ${mirror:-its default mirror}; the end of $log:" >&2
    tail -n 5 "$log" >&2
    return 1
  fi
}

mkdir -p "$trees"
# What runs that were cut off have left behind.
find "$trees" -mindepth 1 -maxdepth 1 \( -name 'clone-*' -o -name '.building-*' \) -mmin +120 -exec rm -rf {} +
fetching=()
for release in "${releases[@]}"; do
  provide_tree "$release" &
  fetching+=($!)
done
for pid in "${fetching[@]}"; do
  wait "$pid"
done
