# The spool is swept by every 256th START, one whose run id ends in 00. Joined between spool.sh and start.sh.
# shellcheck disable=SC2154

# Removes what nobody asks for any more: claims whose outcome is known after a day, all others after seven.
sweep() {
  (
    RCRON_SINK=$id
    export RCRON_SINK
    trap '' HUP INT TERM
    for s in "$s1" "$s2"; do
      [ "$s" ] && [ -O "$s" ] && find "$s/." -type f \( -mtime +6 -o -size +4 -mtime +0 \) -exec rm -f {} +
    done
  ) </dev/null >/dev/null 2>&1 &
}
