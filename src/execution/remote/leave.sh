# How a run leaves its session's scope. Joined between spool.sh and start.sh or survey.sh.
# shellcheck disable=SC2154

# Moves this shell, and so all that it starts, into a scope of the account's own systemd, where logind ends what a login leaves behind
# (KillUserProcesses). That systemd outlives the login only where the account lingers, which is looked at first: it is rare, and costs
# nothing. The move comes after the answer. Fails where the run stays in its session, as it does without a bus for the account's systemd.
leave_session() {
  [ -e "/var/lib/systemd/linger/$u" ] && grep -qrsE '^KillUserProcesses=([yt1]|on)' /etc/systemd/logind.conf* || return
  y=org.freedesktop.systemd1
  busctl --user --timeout=2 call $y /org/freedesktop/systemd1 $y.Manager StartTransientUnit 'ssa(sv)a(sa(sv))' \
    "rcron-$id.scope" fail 1 PIDs au 1 $$ 0 >/dev/null || return
  for y in 1 2 3 4 5; do
    grep -q "/rcron-$id.scope" /proc/$$/cgroup && return
    sleep 0.$y
  done
  return 1
}
