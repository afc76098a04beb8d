# Where runs are claimed on the host. Joined in front of start.sh, probe.sh and kill.sh.
#
# A run's claim is the file <spool>/<id>, made with O_EXCL (noclobber), so that exactly one START or tombstone wins. Its lines:
#   run pid=P start=S boot=B cg=C job=J  the supervisor that holds it, and what all runs have that exclude each other; written as soon as it is made
#   rc=N [sig=S] from=T to=T .        how the command ended, and from when to when it ran, by the host's own clock
#   ending                            a KILL found it alive: the status that comes after this line is that KILL's doing
#   never                             a tombstone: this run must not start any more. It counts where it stands before any run line
#   void                              the run line before it began nothing
#   left P:S …                        what a KILL could not end, each with its start: it is looked for again whatever else has died
#   done                              rcron has the outcome; blanks behind it make the claim longer than 2,048 bytes, by which the sweep knows it
# A claim goes on refusing whatever it says. An empty one is just being made, or on a full disk; "run -" is one that was never filled.
# There are two places, because the first may be read-only or full. Whoever claims in one looks into the other afterwards,
# so that of two that race at least one sees the other. And whoever has written its run line reads its claim once more, for a
# tombstone that came before it. A third, in which rcron claimed runs before, is looked into and not claimed in: it is that of an rcron
# of this account as well.
# shellcheck disable=SC2034,SC2154

# What is made here is for this account alone. The command gets its own umask back.
mask=''
{ read -r x && read -r x mask; } 2>/dev/null </proc/$$/status
case $x$mask in Umask:0*) ;; *) mask=$(umask) ;; esac
umask 077

s0='' s1='' s2='' u0='' u1='' u2='' looks=''
case ${XDG_STATE_HOME-} in
/*) s0=$XDG_STATE_HOME/rcron ;;
*) case ${HOME-} in /*) s0=$HOME/.local/state/rcron ;; esac ;;
esac
s1=${s0:+$s0-runs}
u=${LOGNAME:-${USER-}}
case $u in '' | *[!A-Za-z0-9_.-]*) u=$(id -u) ;; esac
s2=/var/tmp/rcron-$u

# Whether directory $1, if it is there, is fit to hold claims: no link, ours, and nobody else's to look or write into. What is there is
# looked at only afterwards: another START may be making it.
fit() {
  [ -e "$1" ] || [ -h "$1" ] || return 0
  case $(LC_ALL=C ls -ld "$1" 2>/dev/null) in drwx------*) [ -O "$1" ] ;; *) return 1 ;; esac
}

# The one check of the places, by which all go: one that is not fit is none. That the first one is fit is noted in it.
check_places() {
  looks=1
  fit "$s0" || u0=$s0 s0=''
  fit "$s1" || u1=$s1 s1=''
  fit "$s2" || u2=$s2 s2=''
}

# Whether a place of ours that is not fit any more holds a claim of run $id: it is not to be believed, and yet nothing may begin.
has_hidden() {
  for s in "$u0" "$u1" "$u2"; do
    if [ -z "$s" ] || [ ! -O "$s" ] || [ -h "$s" ]; then continue; fi
    [ -f "$s/$id" ] && [ -O "$s/$id" ] && [ ! -h "$s/$id" ] && return
  done
  return 1
}

# Whether directory $1 can be used, made if it is missing. In /var/tmp anybody may have been quicker to make it since the last look.
ready() {
  [ "$1" ] || return 1
  if [ ! -d "$1" ]; then mkdir -p "$1" 2>/dev/null; elif [ "$1" = "$s1" ]; then return; fi
  check_places
  [ -d "$1" ] && { [ "$1" = "$s1" ] || [ "$1" = "$s2" ]; }
}

# Whether place $1 has something for run $2. A START looks at the other places only where there is something in them.
has_claim() {
  [ "$1" ] && [ -e "$1/$2" ] || return 1
  if [ -z "$looks" ] && [ "$1" != "$s1" ]; then check_places; fi
  case $1 in "$s0" | "$s1" | "$s2") ;; *) return 1 ;; esac
}

# Makes the claim of run $id in directory $1, with text $2. 0: made. 1: there already. 2: it cannot be made. 3: made, but left empty by a full disk.
make_claim() {
  ready "$1" || return 2
  set -C
  # shellcheck disable=SC2188
  if { true >"$1/$id"; } 2>/dev/null; then
    set +C
    { echo "$2" >>"$1/$id"; } 2>/dev/null || return 3
    return 0
  fi
  set +C
  [ -e "$1/$id" ] || [ -h "$1/$id" ] || return 2
  return 1
}

# Reads the claim of run $id from all places: claimed, begun (a run line stands), c_pid, c_start, c_boot, c_cg, rc, own_rc (where it
# ended by itself), ending, never (and nothing has begun), left. No process is started.
read_claim() {
  claimed='' begun='' c_pid=- c_start=- c_boot=- c_cg=- rc='' own_rc='' ending='' never='' left=''
  read_lines "$s0" && claimed=1
  read_lines "$s1" && claimed=1
  read_lines "$s2" && claimed=1
  [ "$begun" ] && never=''
  [ "$claimed" ]
}

read_lines() {
  [ "$1" ] && [ -f "$1/$id" ] && [ -O "$1/$id" ] && [ ! -h "$1/$id" ] || return 1
  run=''
  while read -r word rest; do
    case $word in
    run) run=$rest ;;
    void) run='' never=1 ;;
    rc=*)
      case $rest in *.) rc="$word ${rest%.}" rc=${rc% } ;; esac
      [ "$ending" ] || own_rc=$rc
      ;;
    ending) ending=1 ;;
    never) [ "$run" ] || never=1 ;;
    left) left=$rest ;;
    esac
  done 2>/dev/null <"$1/$id"
  [ "$run" ] || return 0
  begun=1
  for part in $run; do
    case $part in
    pid=*) c_pid=${part#*=} ;;
    start=*) c_start=${part#*=} ;;
    boot=*) c_boot=${part#*=} ;;
    cg=*) c_cg=${part#*=} ;;
    esac
  done
}
