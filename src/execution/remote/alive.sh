# Whether a process is alive, and still the one that it was. Joined between spool.sh and look.sh or alone.sh.
# shellcheck disable=SC2034,SC2154

# Sets x: all of the stat of process $1. The name in it, up to 15 bytes of the process's own choice, may hold line breaks and parentheses:
# what follows the last parenthesis is the kernel's.
read_stat() {
  x=''
  while read -r y; do x="$x $y"; done 2>/dev/null <"/proc/$1/stat"
  [ "$x" ]
}

# Sets began: when process $1 began. Fails where it is dead.
look_at() {
  case $1 in '' | *[!0-9]* | 0 | 1) return 1 ;; esac
  if [ -r /proc/self/stat ]; then
    { read_stat "$1"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086
    set -- ${x##*") "}
    began=${20}
    case $1 in Z | X) return 1 ;; esac
  else
    x=$(LC_ALL=C TZ=UTC0 ps -o stat= -o lstart= -p "$1" 2>/dev/null | tr -s ' ' _)
    began=${x#*_}
    case $x in '' | Z*) return 1 ;; esac
  fi
}

# Whether the supervisor told by $c_pid, $c_start, $c_boot is alive and is still the one it was: pids are used again.
own() {
  look_at "$c_pid" && [ "$began" = "$c_start" ] || return 1
  [ -r /proc/self/stat ] || return 0
  { read -r y </proc/sys/kernel/random/boot_id; } 2>/dev/null && [ "$y" = "$c_boot" ]
}
