# PROBE: what became of these runs? Arguments: flags (p: plant a tombstone where a run was never claimed;
# o: deliver kept output), then for each run "id,pid,start,boot,age" (- where unknown; its age in seconds), and "+id" where rcron has the outcome.
# One line is answered for each run, in any order. Nothing is changed but by p and +.
# shellcheck disable=SC2034,SC2100,SC2154 # the scripts are one text when they run; never-started is a word
flags=$1
shift
check_places
marked='' looked=''

alive() {
  if [ -z "$looked" ]; then
    looked=1
    marked=$(marked_runs) || looked=failed
  fi
  case $marked in *"RCRON_RUN=$id"*) return 0 ;; esac
  own
}

# Sets state; more: what else is told.
judge() {
  more=''
  read_claim
  [ "$rc" ] && state=exited more=" $rc${own_rc:+ own=1}" && return
  [ "$never" ] && state=never-started && return
  [ "$c_pid" = - ] && c_pid=$t_pid c_start=$t_start c_boot=$t_boot
  rebooted && state=rebooted && return
  [ "$elsewhere" ] && state=elsewhere && return
  alive && state=running more=" pid=$c_pid start=$c_start boot=$c_boot cg=$c_cg" && return
  if [ "$looked" = failed ] || has_hidden; then state=unknown && return; fi
  state=gone
  [ "$begun" ] || [ "$t_pid" != - ] && return
  state=unclaimed
  case $last$flags in 1*p*) plant && state=never-started ;; esac
}

# Whether there is output that keep_output kept.
has_kept() {
  for s in "$s1" "$s2" "$s0"; do
    [ "$s" ] && [ -O "$s/$id.out" ] && return 0
  done
  return 1
}

kept() {
  for part in out out.tail err err.tail; do
    for s in "$s1" "$s2" "$s0"; do
      if [ -z "$s" ] || [ ! -O "$s/$id.$part" ]; then continue; fi
      echo "RCRONO $id $part $(($(wc -c <"$s/$id.$part")))"
      cat "$s/$id.$part"
      break
    done
  done
}

tell() {
  case $state in gone | exited) grep -qs ^KillUserProcesses=yes /etc/systemd/logind.conf && more="$more ending=kills" ;; esac
  [ "$rc" ] && has_kept && more="$more kept=1"
  echo "RCRONP $id state=$state$more"
  case $flags in *o*) kept ;; esac
}

split() {
  id=${1%%,*} x=${1#*,}
  t_pid=${x%%,*} x=${x#*,}
  t_start=${x%%,*} x=${x#*,}
  t_boot=${x%%,*} t_age=${x#*,}
}

doubtful='' last=''
for item; do
  case $item in
  +*) forget "${item#+}" ;;
  *)
    split "$item"
    judge
    case $state in
    gone | unclaimed) doubtful="$doubtful $item" ;;
    *) tell ;;
    esac
    ;;
  esac
done
# The status may have been written, or the run claimed, while we were looking: what seems to be gone is looked at again.
if [ "$doubtful" ]; then
  slept=0 looked='' last=1
  nap 60
  for item in $doubtful; do
    split "$item"
    judge
    tell
  done
fi
echo "RCRONP end"
