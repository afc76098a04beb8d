# What goes from the spool once rcron has recorded it. Joined between spool.sh and start.sh or probe.sh.
# shellcheck disable=SC2034,SC2154

# Shrinks the claims of the given runs: their outcome is known to rcron. Another process may still ask how they ended. Ids alone are accepted.
forget() {
  mine=$id
  for id; do
    case $id in *[!0-9a-f]* | '') continue ;; esac
    read_claim
    for s in "$s1" "$s2"; do
      if [ -z "$s" ] || [ ! -O "$s/$id" ]; then continue; fi
      {
        if [ -z "$rc" ]; then echo 'run -'; else
          [ "$own_rc" ] || echo ending
          echo "$rc ."
        fi >"$s/$id"
      } 2>/dev/null
      [ -e "$s/$id.out" ] && rm -f "$s/$id.out" "$s/$id.err" "$s/$id.out.tail" "$s/$id.err.tail"
    done
  done
  id=$mine
}
