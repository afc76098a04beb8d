#!/bin/sh
set -e
@include state-formats.sh@
settings=/etc/rcron/rcron.env

case "$1" in
install | upgrade)
  refuse_state_of_a_newer_rcron
  # Settings that are there before the package's are kept, and dpkg need not ask which ones are meant: postinst puts them back.
  if [ "$1" = install ] && [ -z "$2" ] && [ -e "$settings" ] && [ ! -e "$settings.by-hand" ]; then
    mv "$settings" "$settings.by-hand"
  fi
  # Installed again after a removal, which has stopped the service: postinst, which is told only of the earlier version, starts it.
  if [ "$1" = install ] && [ -n "$2" ] && [ -d /etc/rcron ]; then : >/etc/rcron/.installed-again; fi
  ;;
esac
