# KILL: ends every process of a run and proves it. Arguments: id, flags (g: the run had a connection, and so a
# session scope, of its own), grace in milliseconds, pid, start time, boot id, cgroup, age in seconds (- where unknown).
# TERM and CONT, the grace, then KILL in rounds; the last word is what is found afterwards. A run not claimed gets a tombstone.
# shellcheck disable=SC2034,SC2154
id=$1 flags=$2 grace=$3 t_pid=$4 t_start=$5 t_boot=$6 t_cg=$7 t_age=$8
check_places
slept=0 member_of_session='' termed=' ' descended=' '

# c_…, rc, never: from the claim, else, where it does not say, what rcron was told.
known() {
  read_claim
  [ "$c_pid" = - ] && c_pid=$t_pid c_start=$t_start c_boot=$t_boot
  [ "$c_cg" = - ] && c_cg=$t_cg
}

# Sets elapsed: milliseconds since it was called first. What looking costs counts too; where /proc does not tell the time, naps alone do.
tell_time() {
  elapsed=$slept
  { read -r x y </proc/uptime; } 2>/dev/null || return 0
  [ "$from" ] || from=${x%.*} from_c=1${x#*.}
  elapsed=$(((${x%.*} - from) * 1000 + (1${x#*.} - from_c) * 10))
}

pids_of() {
  for f; do
    f=${f#/proc/}
    echo "${f%%/*}"
  done
}

# The run's own session and group may be looked through while its leader lives, or while it was not empty a moment ago: a pid is
# not given to another process as long as it names a group or a session.
session_is_ours() {
  own || { [ "$member_of_session" ] && ! { [ -e "/proc/$c_pid/stat" ] && [ "$c_pid" != - ]; }; }
}

# Sets members: pids of the run, without the shells and sinks that only watch over it. supervised: its supervisor lives and has no status yet.
look() {
  known
  freeze
  members='' supervised='' failed=''
  if [ -r /proc/self/stat ]; then look_in_proc; else look_by_ps; fi
  add_left
  [ -z "$rc" ] && own && supervised=1
  case $flags$c_cg in g*/session-*.scope | *"/rcron-$id.scope") look_in_scope ;; esac
}

# Stops the run's own group while it is looked through and until what was found is signalled: what forks and ends faster than it is read
# would be missed else, and its death be confirmed. Signals reach a stopped process as soon as it is continued, KILL at once.
freeze() {
  if session_is_ours && kill -STOP "-$c_pid"; then frozen=$c_pid; fi 2>/dev/null
}

thaw() {
  [ "$frozen" ] && kill -CONT "-$frozen" 2>/dev/null
  frozen=''
}

look_in_proc() {
  marked=$(grep -ls "RCRON_RUN=$id" /proc/[0-9]*/environ 2>/dev/null)
  [ $? -le 2 ] || failed=1
  members='' strangers=''
  # shellcheck disable=SC2086
  for p in $(pids_of $marked); do
    if is_kin "$p"; then
      members="$members
$p"
    else strangers="$strangers $p"; fi
  done
  look_in_session
  [ "$strangers" ] && add_descended
  return 0
}

# Whoever carries the mark as another user is of the run only if it descends from it, once that was seen: what started it may die first.
add_descended() {
  for p in $strangers; do
    look_at "$p" || continue
    f=$p:$began q=$p
    case $descended in *" $f "*) q='' ;; esac
    while [ "$q" ]; do
      case "
$members
" in *"
$q
"*) break ;; esac
      { read_stat "$q"; } 2>/dev/null || continue 2
      x=${x##*") "} x=${x#* }
      q=${x%% *}
    done
    descended="$descended$f "
    members="$members
$p"
  done
}

look_in_session() {
  session_is_ours || return 0
  # No name of a process, 15 bytes long, holds what must follow here: it can neither look like a member nor hide one.
  session=$(grep -lsE "[)] [^ZX)] [0-9]+ ($c_pid [0-9]+|[0-9]+ $c_pid)( -?[0-9]+){20}" /proc/[0-9]*/stat 2>/dev/null)
  member_of_session=''
  add_unless_watching
}

# Of the processes in $session, those that are neither marked already nor ours.
add_unless_watching() {
  candidates=''
  # shellcheck disable=SC2086
  for p in $(pids_of $session); do
    case "
$members
" in *"
$p
"*) member_of_session=1 ;; *) candidates="$candidates /proc/$p/cmdline /proc/$p/environ" ;; esac
  done
  [ "$candidates" ] || return 0
  # shellcheck disable=SC2046,SC2086
  watching=" $(pids_of $(grep -ls -e "$id" $candidates 2>/dev/null) | tr '\n' ' ') "
  # shellcheck disable=SC2086
  for p in $(pids_of $session); do
    case $watching in *" $p "*) continue ;; esac
    members="$members
$p" member_of_session=1
  done
}

# sshd itself stands in the scope too, and is no part of the run.
look_in_scope() {
  for root in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -r "$root$c_cg/cgroup.procs" ] || continue
    while read -r p; do
      { read -r name </proc/"$p"/comm; } 2>/dev/null || continue
      case $name in sshd* | dropbear*) continue ;; esac
      { read_stat "$p"; } 2>/dev/null || continue
      case ${x##*") "} in Z* | X*) continue ;; esac
      case $(grep -ls -e "$id" "/proc/$p/cmdline" 2>/dev/null) in ?*) continue ;; esac
      case $(grep -ls "RCRON_SINK=$id" "/proc/$p/environ" 2>/dev/null) in ?*) continue ;; esac
      members="$members
$p"
    done <"$root$c_cg/cgroup.procs"
    break
  done
}

# The marker is put together by awk alone, because ps shows awk and its arguments too. What follows a line break in the arguments of
# any process is no process.
look_by_ps() {
  group=-
  own && group=$c_pid
  members=$(by_ps | awk -v i="$id" -v g="$group" -v u="$(id -u)" '
    $1 $2 $3 ~ /^[0-9]+$/ && $4 !~ /^Z/ && (($3 == u && index($0, "RCRON_RUN=" i)) || ($2 == g && !index($0, i))) { print $1 }
    END { exit !NR }') || failed=1
}

# What an earlier KILL could not end is known by pid and start: its supervisor may have died since, and a root's environment is hidden.
add_left() {
  if [ -z "$left" ] || rebooted; then return; fi
  for part in $left; do
    if ! look_at "${part%%:*}" || [ "$began" != "${part#*:}" ]; then continue; fi
    case "
$members
" in *"
${part%%:*}
"*) ;; *) members="$members
${part%%:*}" ;; esac
  done
}

# Writes down what cannot be ended, for the next KILL.
note_left() {
  left=''
  for p in $members; do look_at "$p" && left="$left $p:$began"; done
  note "left$left"
}

# TERM and CONT, once to each process that has come into sight.
ask() {
  for p in $members; do
    case $termed in *" $p "*) continue ;; esac
    termed="$termed$p "
    kill -TERM "$p"
    kill -CONT "$p"
  done 2>/dev/null
}

alive() { [ "$members" ] || [ "$supervised" ]; }

answer() {
  thaw
  echo "RCRONK $id result=$1"
  exit 0
}

frozen=''
trap 'thaw; exit 1' HUP INT TERM
look
if [ "$failed" ] || has_hidden; then answer 'unknown'; fi
if ! alive && [ -z "$rc$never" ]; then
  rebooted
  [ "$elsewhere" ] && answer 'elsewhere'
fi
if ! alive && [ -z "$begun$rc$never" ]; then
  # Nothing here: then nothing may come either. A START that wins against the tombstone is looked for again.
  if plant; then answer 'none planted=1'; fi
  nap 60
  look
  [ "$failed" ] || alive || [ "$begun" ] || answer 'none planted=0'
fi
if ! alive && [ -z "$rc$never" ] && ! rebooted; then
  nap 60
  look
fi
[ "$failed" ] && answer 'unknown'
alive || answer "none${own_rc:+ $own_rc}"

# From this line of its claim on, the end of the run is ours, for this KILL and for all that come after it: a command that had ended
# before anything was sent to it ended by itself, whatever it left behind.
[ "$ending" ] || note ending
how='term' from=''
tell_time
while alive && [ "$elapsed" -lt "$grace" ]; do
  ask
  thaw
  # A look by ps costs the host more than one in /proc.
  if [ ! -r /proc/self/stat ] || [ "$elapsed" -ge 2000 ]; then nap 250; elif [ "$elapsed" -lt 400 ]; then nap 20; else nap 100; fi
  look
  tell_time
done
round=0
while alive && [ $round -lt 40 ] && [ "$elapsed" -lt $((grace + 7000)) ]; do
  how='kill'
  # shellcheck disable=SC2086
  [ "$members" ] && kill -KILL $members 2>/dev/null
  # What goes on all the same ends with its whole group, the supervisor with it.
  [ $((round % 8)) -eq 7 ] && own && kill -KILL "-$c_pid" 2>/dev/null
  thaw
  [ $round -gt 2 ] && nap 100
  round=$((round + 1))
  look
  tell_time
done
[ "$failed" ] && answer 'unknown'
if alive; then
  note_left
  # shellcheck disable=SC2086
  answer "stuck pids=$(echo $members | tr ' ' ,)"
fi
answer "$how${own_rc:+ $own_rc}"
