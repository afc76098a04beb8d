# How the processes of run $id are found. Joined between alive.sh and probe.sh or kill.sh.
# shellcheck disable=SC2034,SC2154

# Every process with its environment, one a line: pid, group, user, state, the rest. By -e macOS means something else.
by_ps() {
  case $(uname) in Darwin) x=E ;; *) x=e ;; esac
  ps "-ax${x}ww" -o pid= -o pgid= -o uid= -o stat= -o command= 2>/dev/null
}

# Whether the host was booted since the run began, $t_age seconds ago. Sets elsewhere where this is not the machine on which the run began:
# another boot, and up for longer than that. A clock that is set moves the boot time of a BSD: what is alive has been through no boot.
rebooted() {
  elsewhere=''
  [ "$c_boot" != - ] && [ "$c_boot" ] || return 1
  if { read -r y </proc/sys/kernel/random/boot_id; } 2>/dev/null; then
    [ "$y" != "$c_boot" ] || return 1
    { read -r y x </proc/uptime; } 2>/dev/null
    y=${y%%.*}
  else
    y=$(sysctl -n kern.boottime 2>/dev/null)
    x=$(printf %s "$y" | tr -dc 0-9)
    if [ -z "$x" ] || [ "$x" = "$c_boot" ] || alive; then return 1; fi
    y=${y#*sec = }
    y=$(($(date +%s) - ${y%%[!0-9]*}))
  fi
  case $y$t_age in *[!0-9-]* | *?-) ;; *) [ "$y" -lt "$t_age" ] && return ;; esac
  elsewhere=1
  return 1
}

# Whether process $1 may be of a run of ours: our own, or of the same login, as what su has started for another user. Anybody can carry a mark.
is_kin() {
  [ -O "/proc/$1" ] && return
  { read -r x </proc/self/loginuid && read -r y </proc/"$1"/loginuid; } 2>/dev/null || return 1
  [ "$x" = "$y" ] && [ "$y" != 4294967295 ]
}

# The ids that processes carry, one a line; fails where they could not be looked for.
marked_runs() {
  if [ -r /proc/self/stat ]; then
    files=$(grep -ls RCRON_RUN= /proc/[0-9]*/environ 2>/dev/null)
    [ $? -le 2 ] || return 1
    set --
    for f in $files; do
      y=${f#/proc/}
      is_kin "${y%%/*}" && set -- "$@" "$f"
    done
    [ $# -gt 0 ] && cat "$@" 2>/dev/null | tr '\0' '\n' | grep '^RCRON_RUN='
  else
    by_ps | awk -v u="$(id -u)" '$3 == u { for (n = 5; n <= NF; n++) if ($n ~ /^RCRON_RUN=/) print $n } END { exit !NR }' || return 1
  fi
  return 0
}

# Sleeps $1 milliseconds (two digits at least), or a second where sleep takes whole ones only; adds it to $slept.
nap() {
  if sleep "$(printf '0.%03d' "$1")" 2>/dev/null; then slept=$((slept + $1)); else
    sleep 1
    slept=$((slept + 1000))
  fi
}

# Adds a line to the claim of run $id. Fails where it has none, or nothing can be written.
note() {
  for s in "$s1" "$s2" "$s0"; do
    if [ "$s" ] && [ -O "$s/$id" ]; then echo "$1" >>"$s/$id" && return; fi
  done 2>/dev/null
  return 1
}

# Plants a tombstone for run $id, so that a START still under way finds it: into its claim, where that says nothing yet. Fails
# when it cannot, or when the run has begun.
plant() {
  if [ "$claimed" ]; then
    note never && read_claim && [ -z "$begun" ]
    return
  fi
  planted=''
  make_claim "$s1" never
  case $? in 0 | 3) planted=1 ;; 1) return 1 ;; esac
  if [ "$planted" ]; then
    # The other place is looked at after our own mark was set: see spool.sh.
    has_claim "$s2" "$id" && return 1
    return 0
  fi
  make_claim "$s2" never || return 1
  [ "$s1" ] && [ -s "$s1/$id" ] && return 1
  return 0
}
