# START: claims a run and starts its command so that it outlives its connection. Given: $command; arguments: run id, flags (k: keep
# output; g: the run has a connection, and so a session scope, of its own; u: no lock of rcron tells of it), how the command is written
# (e: by escapes for printf), what is equal for runs that exclude each other, ids of runs whose outcome rcron has. What only some runs
# need is joined in front for them: keep.sh, forget.sh, sweep.sh, alone.sh.
#
# The processes of a start: this shell (what sshd waits for), one shell that runs the command and writes its status down, and
# for stdout and stderr each a tee. The command alone carries RCRON_RUN=<id> in its environment; the sinks carry
# RCRON_SINK=<id>; the shells carry the job's name and the id in their arguments.
# shellcheck disable=SC2154
id=$1 flags=$2 job=$4
# The id behind it keeps its last line breaks, and shows that all of it is there: yash stops at bytes that are no text.
if [ "$3" = e ]; then
  command=$(printf %b%s "$command" "$id")
  case $command in *"$id") command=${command%"$id"} ;; *) exit 1 ;; esac
fi
shift 4

# For a START, which most often claims where others did before: a process less. Whatever is unusual is checked.
trust_places() {
  if [ -O "$s1/.private" ] && [ -O "$s1" ] && [ ! -h "$s1" ] && [ ! -e "$s0/$id" ] && [ ! -e "$s2/$id" ]; then return; fi
  check_places
  # shellcheck disable=SC2188
  [ -d "$s1" ] && { true >"$s1/.private"; } 2>/dev/null
}

case $flags in *k*) check_places ;; *) trust_places ;; esac

# The answer below must reach rcron before the command begins: where a start file has turned stdout away, it would not, and the run would
# be taken for one that was refused.
if [ -f /proc/$$/fd/1 ] || { [ -c /proc/$$/fd/1 ] && [ ! -t 1 ]; }; then
  echo 'a start file of the login has turned stdout away' >&2
  exit 1
fi

pgid=- start=- boot=- cg=- drains=''
if { read -r x </proc/$$/stat; } 2>/dev/null; then
  read -r y </proc/$PPID/comm
  case $y in dropbear*) drains=1 ;; esac
  read -r boot </proc/sys/kernel/random/boot_id
  leave_session && flags=${flags}g
  case $flags in *g*)
    while IFS= read -r y; do
      case $y in *[!A-Za-z0-9_.:/@=,-]*) ;; 0::*/session-*.scope | *:name=systemd:*/session-*.scope | *"/rcron-$id.scope") cg=${y#*:} cg=${cg#*:} ;; esac
    done </proc/self/cgroup
    ;;
  esac
  forgotten=$*
  # shellcheck disable=SC2086
  set -- ${x##*") "}
  pgid=$3 start=${20}
  # shellcheck disable=SC2086
  set -- $forgotten
else
  pgid=$(ps -o pgid= -p $$ | tr -d ' ')
  start=$(LC_ALL=C TZ=UTC0 ps -o lstart= -p $$ | tr -s ' ' _)
  boot=$(sysctl -n kern.boottime | tr -dc 0-9)
fi 2>/dev/null

# From here on the run is carried through, whoever listens: an answer that nobody reads must not end what has been claimed.
trap : HUP INT TERM PIPE
record='' blank='' spool=none refused=''
for s in "$s1" "$s2"; do
  make_claim "$s" "run pid=$$ start=${start:--} boot=${boot:--} cg=$cg job=$job"
  case $? in
  0) record=$s/$id && break ;;
  1) refused=1 && break ;;
  3) blank=${blank:-$s/$id} ;;
  esac
done
case $record in
'') ;;
"$s2/$id")
  spool=tmp
  [ "$s1" ] && [ -s "$s1/$id" ] && refused=1
  ;;
*)
  spool=home
  has_claim "$s2" "$id" && refused=1
  ;;
esac
has_claim "$s0" "$id" && refused=1
# What could not be written yet may be written at the end.
record=${record:-$blank}
read_claim
if [ "$refused$never" ] || has_hidden; then
  [ "$record" ] && echo void >>"$record"
  read_claim
  state=begun
  [ "$never" ] && state='never-started'
  [ "$rc" ] && state="exited $rc"
  echo "RCRON1 $id claimed state=$state"
  exit 0
fi
case $flags in *u*) hold_back ;; esac
echo "RCRON1 $id pid=$$ pgid=${pgid:--} start=${start:--} boot=${boot:--} cg=$cg spool=$spool" 2>/dev/null

# Passes a stream on, and goes on swallowing it when the connection is gone: the command must not die of SIGPIPE. A tee to which that
# signal means nothing does both in one process: where it cannot write to one of its files any more it goes on with the other (POSIX).
# By exec, because a shell keeps a copy of what a redirection of a single command hides, and so would hold the pipes open.
sink() {
  trap '' HUP INT TERM PIPE
  case $1 in
  out) exec <&8 >&3 2>/dev/null ;;
  err) exec <&8 >&4 2>/dev/null ;;
  esac
  exec 3>&- 4>&- 6>&- 8<&-
  [ "$drains" ] || exec 5>&-
  RCRON_SINK=$id
  export RCRON_SINK
  case $flags:$record in
  *k*:/*)
    first_bytes | tee "$record.$1"
    pass_on || tail -c 65536 >"$record.$1.tail"
    ;;
  *)
    [ "$drains" ] || exec tee /dev/null
    tee /dev/null
    ;;
  esac
  [ "$drains" ] && echo sunk >&5
}

# Runs the command and writes down how it ended, and from when to when it ran by a clock that nobody sets, where there is one: first where
# a later PROBE reads it. What that clock says is not calculated with here: some shells know small numbers only. ksh and yash tell a signal
# from an exit code by a number above 256; everywhere else 128 + n may be either.
supervise() {
  trap : HUP INT TERM
  RCRON_RUN=$id
  export RCRON_RUN
  umask "$mask"
  read -r f </proc/uptime
  "${SHELL:-/bin/sh}" -c "$command" </dev/null 2>&7 3>&- 4>&- 5>&- 6>&- 7>&-
  s=$? sig=''
  [ $s -gt 384 ] && sig=" sig=$((s - 384))" s=$((s - 256))
  [ $s -gt 256 ] && sig=" sig=$((s - 256))" s=$((s - 128))
  read -r t </proc/uptime
  [ "$record" ] && echo "rc=$s$sig from=${f% *} to=${t% *} ." >>"$record"
  echo $s >&5
}

# The status comes through fd 5, a pipe that only the supervising shells hold. Nothing waits for the
# sinks, so that a child in the background that keeps stdout open does not delay it. Only dropbear drops what they have not passed on
# when this shell ends, and so they have a second there. The sinks are what stands in the background, never the command: whatever a shell
# puts there ignores INT and QUIT. fd 3 and 4 are the connection, 6 and 7 the command's stdout and stderr.
streams() {
  trap : HUP INT TERM
  {
    trap : HUP INT TERM
    { supervise 7>&1 >&6 2>/dev/null | { sink err & } 8<&0; } 6>&1
  } | { sink out & } 8<&0
}

case $id in *00) sweep ;; esac
[ $# -gt 0 ] && forget "$@"
exec 3>&1 4>&2
# A substitution is a process less than a pipeline, but nothing waits in it for anything else, and ksh93's ends before streams does.
case $drains${KSH_VERSION-} in
1* | Version*) ;;
*)
  status=$(
    exec 5>&1
    streams
  )
  exit "${status:-255}"
  ;;
esac
{
  trap : HUP INT TERM
  exec 5>&1
  streams
  if [ "$drains" ]; then
    (
      RCRON_SINK=$id
      export RCRON_SINK
      sleep 1
      echo late >&5
    ) >/dev/null 2>&1 3>&- 4>&- &
  fi
} | {
  trap '' HUP INT TERM
  status='' sunk=0
  while read -r y; do
    case $y in
    sunk) sunk=$((sunk + 1)) ;;
    late) break ;;
    *) status=$y ;;
    esac
    if [ "$status" ] && { [ -z "$drains" ] || [ $sunk -eq 2 ]; }; then break; fi
  done
  exit "${status:-255}"
}
exit $?
