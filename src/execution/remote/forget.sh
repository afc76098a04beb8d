# What goes from the spool once rcron has recorded it. Joined between spool.sh and start.sh or probe.sh.
# shellcheck disable=SC2034,SC2154

# Marks the claims of the given runs: their outcome is known to rcron. Another process may still ask how they ended. Ids alone are accepted.
# The mark makes them longer than others, by which the sweep tells them. They are not written anew and shorter: where ext4 sees a file
# cut to nothing and written again, it writes to the disk before it goes on (auto_da_alloc in ext4(5)).
forget() {
  pad='                                '
  pad=$pad$pad$pad$pad$pad$pad$pad$pad
  pad=$pad$pad$pad$pad$pad$pad$pad$pad
  for known; do
    case $known in *[!0-9a-f]* | '') continue ;; esac
    for s in "$s1" "$s2" "$s0"; do
      if ! has_claim "$s" "$known" || [ ! -O "$s/$known" ]; then continue; fi
      {
        [ -s "$s/$known" ] || echo 'run -' >>"$s/$known"
        echo "done$pad" >>"$s/$known"
      } 2>/dev/null
      [ -e "$s/$known.out" ] && rm -f "$s/$known.out" "$s/$known.err" "$s/$known.out.tail" "$s/$known.err.tail"
    done
  done
}
