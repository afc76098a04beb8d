# The spool is swept by every 256th START, one whose run id ends in 00. Joined between spool.sh and start.sh.
# shellcheck disable=SC2154

# Removes what nobody asks for any more: claims whose outcome is known after a day, all others after seven. Only files that are named as
# runs are, in the directory itself, and no link.
sweep() {
  (
    RCRON_SINK=$id LC_ALL=C
    export RCRON_SINK LC_ALL
    trap '' HUP INT TERM
    [ "$looks" ] || check_places
    h='????????' n='*[!0-9a-f]*'
    h=$h$h$h$h
    for s in "$s1" "$s2" "$s0"; do
      [ -d "$s" ] && find "$s/." ! -name . -prune -type f \( -mtime +6 -o -size +4 -mtime +0 \) \( \
        -name "$h" ! -name "$n" -o -name "$h.out" ! -name "$n.out" -o -name "$h.err" ! -name "$n.err" -o \
        -name "$h.out.tail" ! -name "$n.out.tail" -o -name "$h.err.tail" ! -name "$n.err.tail" \
        \) -exec rm -f {} +
    done
  ) </dev/null >/dev/null 2>&1 &
}
