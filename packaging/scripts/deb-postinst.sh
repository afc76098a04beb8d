#!/bin/sh
set -e
@include account.sh@
@include by-hand.sh@
settings=/etc/rcron/rcron.env

# Enabled at the first installation; later it is as the administrator has left it.
enable_unit() {
  deb-systemd-helper unmask rcron.service >/dev/null || true
  if [ "$by_hand" != disabled ] && deb-systemd-helper --quiet was-enabled rcron.service; then
    deb-systemd-helper enable rcron.service >/dev/null || true
  else
    deb-systemd-helper update-state rcron.service >/dev/null || true
  fi
}

# A daemon that runs is replaced by the new one, which finds its runs again. One that was stopped stays so.
start_or_restart() {
  [ -d /run/systemd/system ] || return 0
  systemctl --system daemon-reload >/dev/null || true
  case $(systemctl show --property=ActiveState --value rcron.service) in
  active | reloading | activating) deb-systemd-invoke restart rcron.service >/dev/null || true ;;
  *) if [ "$by_hand" != disabled ] && [ "$1" = first ]; then deb-systemd-invoke start rcron.service >/dev/null || true; fi ;;
  esac
}

case "$1" in
configure)
  if [ -e "$settings.by-hand" ]; then mv -f "$settings.by-hand" "$settings"; fi
  provide_account
  # On an upgrade a key that is missing is the administrator's doing: with another one nothing that was sealed opens.
  if [ -z "$2" ] || [ ! -e /var/lib/rcron/cache.sealed ]; then provide_cache_key; fi
  take_over_from_by_hand
  enable_unit
  if [ -z "$2" ] || [ -e /etc/rcron/.installed-again ]; then start_or_restart first; else start_or_restart later; fi
  rm -f /etc/rcron/.installed-again
  ;;
abort-remove | abort-deconfigure)
  start_or_restart first
  ;;
esac
