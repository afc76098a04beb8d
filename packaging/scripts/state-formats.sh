# An older rcron does not take over what a newer one has written and it cannot read.
state=/var/lib/rcron

# newest FAMILY FILE…: the highest N of those whose format is FAMILY-N. The files are another account's: a link or a pipe is passed over.
newest() {
  family=$1
  shift
  for file do
    if [ -f "$file" ] && [ ! -L "$file" ]; then
      head -c 4096 "$file" | sed -n "s/.*\"format\": *\"$family-\([0-9][0-9]*\)\".*/\1/p" | head -n 1
    fi
  done | sort -n | tail -n 1
}

# number_at OFFSET FILE: the four bytes there, as a number.
number_at() {
  if [ -f "$2" ] && [ ! -L "$2" ]; then
    od -An -v -tu1 -j"$1" -N4 "$2" | while read -r a b c d; do echo $(((a * 256 + b) * 65536 + c * 256 + d)); done
  fi
}

# refuse_newer WHAT FOUND READS LOSS
refuse_newer() {
  [ "${2:-0}" -le "$3" ] && return
  echo "rcron @VERSION@ cannot go on from $1: found format $2, written by a newer rcron; this one reads up to $3." >&2
  echo "  If that is moved away first, $4." >&2
  refused=yes
}

refuse_state_of_a_newer_rcron() {
  refused=no
  refuse_newer "the locks of active runs in $state/locks" "$(newest rcron-lock "$state"/locks/*.rcron "$state"/locks/*.told)" @LOCK@ \
    "commands that still run on their hosts are not known any more, and may be started a second time"
  refuse_newer "the mark of planned minutes, minute-mark.json in $state or $state/locks" \
    "$(newest rcron-mark "$state/minute-mark.json" "$state/locks/minute-mark.json")" @MARK@ \
    "what has fired is not known any more: the present minute may fire again, and missed minutes are not caught up"
  refuse_newer "the ledger of begun firings, firings-*.begun in $state or $state/locks" \
    "$(newest rcron-firings "$state"/firings-*.begun "$state"/locks/firings-*.begun)" @FIRINGS@ \
    "minutes that were being caught up are left out"
  refuse_newer "the records that wait for the database, $state/run-records.db" "$(number_at 60 "$state/run-records.db")" @RECORDS@ \
    "the last runs of some crons are missing in the database"
  if [ "$refused" = yes ]; then
    echo "Nothing was changed. Keep the newer rcron; or stop it, move away what is named above, and install this one again." >&2
    exit 1
  fi
  cache=$(number_at 12 "$state/cache.sealed")
  if [ "${cache:-0}" -gt @CACHE@ ]; then
    echo "rcron @VERSION@ does not read the cache of a newer rcron: the definitions come from the database, which must be there." >&2
  fi
}
