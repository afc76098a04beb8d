#!/bin/bash
# What every cron of a chaos run carries out: writes into the hosts' journal what it lives through, one line each:
#   start|beat|child|end <run id> <seconds since the epoch> [<job>|<exit status>]
# Arguments: journal, job, longest life in tenths of a second. What it does otherwise is decided by its run id.
journal=$1 job=$2 longest=$3
id=$RCRON_RUN

say() {
  echo "$1 $id ${EPOCHREALTIME/,/.} $2" >>"$journal"
}

# A number below $2 out of the run id's two digits from $1 on.
dice() {
  echo $((16#${id:$1:4} % $2))
}

# Beats under the name $1 for $2 tenths of a second.
live() {
  local now=${EPOCHREALTIME/[.,]/}
  local until=$((now + $2 * 100000))
  while [ "$now" -lt "$until" ]; do
    say "$1"
    [ "$chatty" ] && head -c 20000 /dev/zero | tr '\0' x
    sleep 0.3
    now=${EPOCHREALTIME/[.,]/}
  done
}

chatty=''
if [ "$job" = child ]; then
  trap '' TERM
  live child "$longest"
  exit 0
fi

say start "$job"
case $(dice 0 10) in
0 | 1) trap '' TERM ;;
2) trap 'sleep 0.2; say end 3; exit 3' TERM ;;
esac
case $(dice 4 10) in
0 | 1) chatty=1 ;;
2) head -c 2000000 /dev/zero | tr '\0' y ;;
3) head -c 300000 /dev/zero | tr '\0' z >&2 ;;
esac
# A process that leaves the session, the group and its parent.
[ "$(dice 8 8)" = 0 ] && (setsid "$BASH" "$0" "$journal" child 25 &)
live beat "$(dice 12 "$longest")"
case $(dice 16 20) in
0 | 1 | 2 | 3) status=$((1 + 16#${id:20:2} % 100)) ;;
4) status=255 ;;
5)
  say end 137
  kill -KILL $$
  ;;
*) status=0 ;;
esac
say end "$status"
exit "$status"
