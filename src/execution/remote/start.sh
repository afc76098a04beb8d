# START: claims a run and starts its command so that it outlives its connection. The command stands in $command.
# Arguments after the script: run id, flags (k: keep output), ids of runs whose outcome rcron has.
#
# The processes of a start: this shell (what sshd waits for), one shell that runs the command and writes its status down, and
# for stdout and stderr each a tee. The command alone carries RCRON_RUN=<id> in its environment; the sinks carry
# RCRON_SINK=<id>; the shells carry the id in their arguments.
# shellcheck disable=SC2154
id=$2 flags=$3
shift 3

pgid=- start=- boot=- cg=- drains=''
if { read -r x </proc/$$/stat; } 2>/dev/null; then
  read -r y </proc/$PPID/comm
  case $y in dropbear*) drains=1 ;; esac
  read -r boot </proc/sys/kernel/random/boot_id
  while IFS= read -r y; do
    case $y in *[!A-Za-z0-9_.:/@=,-]*) ;; 0::*/session-*.scope | *:name=systemd:*/session-*.scope) cg=${y#*:} cg=${cg#*:} ;; esac
  done </proc/self/cgroup
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
  make_claim "$s" "run pid=$$ start=${start:--} boot=${boot:--} cg=$cg"
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
  [ -s "$s1/$id" ] && refused=1
  ;;
*)
  spool=home
  [ -e "$s2/$id" ] && [ -O "$s2" ] && refused=1
  ;;
esac
# What could not be written yet may be written at the end.
record=${record:-$blank}
read_claim
if [ "$refused$never" ]; then
  [ "$record" ] && echo void >>"$record"
  read_claim
  state=begun
  [ "$never" ] && state='never-started'
  [ "$rc" ] && state="exited $rc"
  echo "RCRON1 $id claimed state=$state"
  exit 0
fi
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

# The first 64 KiB of a stream and not a byte more: a head that reads ahead, as that of busybox and the BSDs does, loses what follows.
first_bytes() {
  case $(head --version 2>/dev/null </dev/null) in
  *GNU*) head -c 65536 ;;
  *) dd bs=1 count=65536 2>/dev/null ;;
  esac
}

# Passes on as much as the connection takes; fails when that ended first. ksh93 now and then calls a cat successful that died of it, and
# so is not believed.
pass_on() {
  cat && case ${KSH_VERSION-} in Version*) false ;; esac
}

# Runs the command and writes down how it ended, first where a later PROBE reads it. ksh and yash tell a signal from an exit
# code by a number above 256; everywhere else 128 + n may be either.
supervise() {
  trap : HUP INT TERM
  RCRON_RUN=$id
  export RCRON_RUN
  "${SHELL:-/bin/sh}" -c "$command" </dev/null 2>&7 3>&- 4>&- 5>&- 6>&- 7>&-
  s=$? sig=''
  if [ $s -gt 384 ]; then
    sig=" sig=$((s - 384))" s=$((s - 256))
  elif [ $s -gt 256 ]; then
    sig=" sig=$((s - 256))" s=$((s - 128))
  fi
  [ "$record" ] && echo "rc=$s$sig ." >>"$record"
  echo $s >&5
}

# The status comes through fd 5, a pipe that only the supervising shells hold (no $(…): ksh93 would not wait). Nothing waits for the
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

# Removes what nobody asks for any more: claims whose outcome is known after a day, all others after seven.
sweep() {
  for s in "$s1" "$s2"; do
    [ "$s" ] && [ -O "$s" ] && find "$s/." -type f \( -mtime +6 -o -size -20c -mtime +0 \) -exec rm -f {} +
  done
}

case $id in
*00) (
  RCRON_SINK=$id
  export RCRON_SINK
  trap '' HUP INT TERM
  sweep
) </dev/null >/dev/null 2>&1 & ;;
esac
[ $# -gt 0 ] && forget "$@"
exec 3>&1 4>&2
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
