# What a START does whose run no lock of rcron tells of. Joined between alive.sh and start.sh.
# shellcheck disable=SC2034,SC2154

# Prints "id,pid,start,boot" for each claim in directory $1 of a run that $job excludes and of which no end is written down.
not_ended() {
  find "$1/." ! -name . -prune -type f ! -name '*.*' -exec awk -v j="job=$job" '
    FNR == 1 { if (r) print r; r = "" }
    $1 == "run" { n = FILENAME; sub(/.*\//, "", n); r = $NF == j ? n "," substr($2, 5) "," substr($3, 7) "," substr($4, 6) : "" }
    /^(rc=|void)/ { r = "" }
    END { if (r) print r }' {} + 2>/dev/null
}

# Sets beside: a run that $job excludes and that is alive here. Of two that look at once each has been claimed before, so that one at
# least sees the other.
look_beside() {
  beside=''
  [ "$looks" ] || check_places
  for s in "$s1" "$s2"; do
    [ -d "$s" ] || continue
    for y in $(not_ended "$s"); do
      other=${y%%,*} y=${y#*,}
      [ "$other" = "$id" ] && continue
      c_pid=${y%%,*} y=${y#*,}
      c_start=${y%%,*} c_boot=${y#*,}
      if own || { [ "$c_boot" = "$boot" ] && grep -qs "RCRON_RUN=$other" /proc/[0-9]*/environ; }; then beside=$other; fi
    done
  done
}

# Ends the start where the run would be remembered nowhere, or beside another one that an earlier rcron has begun.
hold_back() {
  look_beside
  [ "$spool" = none ] || [ "$beside" ] || return 0
  [ "$record" ] && { echo void >>"$record"; } 2>/dev/null
  echo "RCRON1 $id withheld beside=${beside:--}"
  exit 0
}
