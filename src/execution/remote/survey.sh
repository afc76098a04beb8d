# SURVEY: what a login has of what the supervision of runs needs. Argument: an id that no run has.
# One line is answered. Nothing is left on the host but the spool's directory, which its first run makes as well.
# shellcheck disable=SC2009,SC2154 # the environment of processes is looked at, which pgrep does not do
id=$1

# Prints the last part of where link $1 leads, where that is a plain word.
kind_of() {
  kind=$(readlink "$1" 2>/dev/null)
  kind=${kind##*/}
  case $kind in '' | *[!A-Za-z0-9_.+-]*) return 1 ;; esac
  echo "$kind"
}

# Claims a run in directory $1, as START does, and takes the claim away again.
try_spool() {
  make_claim "$1" survey
  made=$?
  [ "$1" ] && [ -O "$1/$id" ] && rm -f "$1/$id"
  return $made
}

# Where processes, with their environment, can be looked for. ps itself carries the mark that it has to show.
find_processes() {
  if [ -r /proc/self/stat ] && [ -r /proc/self/environ ]; then
    echo proc
  elif RCRON_SEEN=$id ps -axeww -o command= 2>/dev/null | grep -q "RCRON_SEE[N]=$id"; then
    echo ps
  else
    echo none
  fi
}

# Whether this session has a systemd scope, and its list of processes can be read: as START and KILL look for it.
find_scope() {
  scope=none
  while IFS= read -r y; do
    case $y in *[!A-Za-z0-9_.:/@=,-]*) continue ;; 0::*/session-*.scope | *:name=systemd:*/session-*.scope) ;; *) continue ;; esac
    scope=unreadable y=${y#*:}
    for root in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
      [ -r "$root${y#*:}/cgroup.procs" ] && scope=readable
    done
  done </proc/self/cgroup
  echo $scope
}

# Whether logind ends what a login of this account leaves behind when it closes: KillUserProcesses, but for those whom it spares.
find_ending() {
  [ "${XDG_SESSION_ID-}" ] || return 1
  busctl --timeout=3 get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager \
    KillUserProcesses KillExcludeUsers KillOnlyUsers | {
    read -r kind kills
    read -r kind spared
    read -r kind only
    user="\"$(id -un)\""
    [ "$kills" = true ] || return 1
    case " $spared " in *" $user "*) return 1 ;; esac
    case " $only " in ' 0 ' | *" $user "*) ;; *) return 1 ;; esac
  }
}

check_places
spool=none
if try_spool "$s1"; then spool=home; elif try_spool "$s2"; then spool=tmp; fi
login=${SHELL:--}
case $login in *[!A-Za-z0-9_.+/-]*) login=- ;; esac
sh=$(kind_of "/proc/$$/exe" || kind_of /bin/sh || echo -)
scope=$(find_scope 2>/dev/null)
ending=keeps
{ find_ending && ! leave_session; } 2>/dev/null && ending=kills
echo "RCRONS $id sh=$sh login=$login spool=$spool processes=$(find_processes) scope=${scope:-none} ending=$ending"
