# An rcron that was installed by hand, by docs/service.md of a clone: its program is in /opt/rcron. Its settings, keys and state are where the
# package's are. Its unit and its command would hide the package's: they are moved beside its program.
by_hand_unit=/etc/systemd/system/rcron.service
by_hand_link=/etc/systemd/system/multi-user.target.wants/rcron.service
# none, or how its unit was: enabled or disabled.
by_hand=none

take_over_from_by_hand() {
  if is_by_hand "$by_hand_unit"; then
    if [ "$(readlink "$by_hand_link" || true)" = "$by_hand_unit" ]; then
      rm -f "$by_hand_link"
      by_hand=enabled
    else
      by_hand=disabled
    fi
  fi
  moved=
  put_aside "$by_hand_unit" rcron.service
  put_aside /usr/local/bin/rcron rcron
  if [ -n "$moved" ]; then
    put_aside_if_same /etc/sysusers.d/rcron.conf rcron.sysusers /usr/lib/sysusers.d/rcron.conf
    echo "rcron was installed by hand: now the package's unit and command are in force, with its settings, keys and state."
    echo "Moved to /opt/rcron/by-hand:$moved. If nothing of yours is in /opt/rcron, remove it."
  fi
}

is_by_hand() {
  [ -f "$1" ] && [ ! -L "$1" ] && grep -q '/opt/rcron/dist/main\.js' "$1"
}

put_aside() {
  if is_by_hand "$1"; then
    mkdir -p /opt/rcron/by-hand
    mv -f "$1" "/opt/rcron/by-hand/$2"
    moved="$moved $1"
  fi
}

put_aside_if_same() {
  if cmp -s "$1" "$3"; then
    mv -f "$1" "/opt/rcron/by-hand/$2"
    moved="$moved $1"
  fi
}
