#!/bin/sh
set -e
settings=/etc/rcron/rcron.env

case "$1" in
abort-install)
  if [ -e "$settings.by-hand" ]; then mv -f "$settings.by-hand" "$settings"; fi
  ;;
remove)
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
  ;;
purge)
  if command -v deb-systemd-helper >/dev/null; then deb-systemd-helper purge rcron.service >/dev/null || true; fi
  rm -rf /var/lib/rcron /run/rcron
  rm -f /etc/rcron/cache-key /etc/rcron/cache-key.new "$settings.by-hand" /etc/rcron/.installed-again
  # Keys and passwords that the administrator has put there are not the package's. The account stays, so that no other one gets its number.
  for directory in /etc/rcron/secrets /etc/rcron; do
    if [ -d "$directory" ]; then rmdir --ignore-fail-on-non-empty "$directory"; fi
  done
  if [ -d /etc/rcron ]; then echo "rcron: what is left in /etc/rcron was not put there by the package, and is kept."; fi
  ;;
esac
