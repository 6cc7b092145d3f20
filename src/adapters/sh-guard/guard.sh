#!/bin/sh
# Watches over a run that took a unit down. Reads bytes from the run on stdin: "." the work goes on,
# "q" goodbye. End of file, or silence beyond the limit, runs the command, which puts the unit right.
#
#   guard.sh UNIT LIMIT_SECONDS RUN_PID RUN_START COMMAND...
#
# RUN_START is field 22 of /proc/RUN_PID/stat: another process that got the number is left alone.
# POSIX sh; dd, timeout, sleep from coreutils or busybox.

unit=$1 limit=$2 run=$3 start=$4
shift 4

# Sent to the terminal's or the service's processes: the guard is what must survive them.
trap '' HUP INT TERM

say() {
  echo "guard of $unit: $*" >&2 || :
}

# Leaves dd's or timeout's exit status in $status and the byte in $byte.
read_byte() {
  byte=$(timeout -s KILL "$1" dd bs=1 count=1 2>/dev/null)
  status=$?
}

# Zombies hold neither locks nor pipes.
run_is_alive() {
  [ -n "$start" ] || return 1
  IFS= read -r stat 2>/dev/null <"/proc/$run/stat" || return 1
  # The second field is a name in parentheses, in which anything may stand.
  # shellcheck disable=SC2086 # split into fields
  set -- ${stat##*) }
  [ "$1" != Z ] && [ "$1" != X ] && [ "${20}" = "$start" ]
}

# The command needs the locks of the run, which are free when it has ended. Forced after $1 tries.
end_run() {
  tries=0
  while run_is_alive; do
    if [ "$tries" -eq "$1" ]; then
      say "ending the run, process $run"
      kill -KILL "$run"
    elif [ "$tries" -ge 150 ]; then
      say "process $run does not end"
      return
    fi
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
}

act() {
  end_run "$1"
  shift
  trap - HUP INT TERM
  exec "$@"
}

for tool in timeout dd; do
  command -v "$tool" >/dev/null || exit 3
done
echo ready
exec 1>&2

while :; do
  read_byte "$limit"
  # Silence is looked at twice: after a suspended machine wakes, the run speaks before the limit counts.
  [ "$status" -eq 0 ] || read_byte 2
  case "$status:$byte" in
    0:q) exit 0 ;;
    0:) say "the run is gone"; act 50 "$@" ;;
    0:*) ;;
    *) say "no sign of work for $limit s"; act 0 "$@" ;;
  esac
done
