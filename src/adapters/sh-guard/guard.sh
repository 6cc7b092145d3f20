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

# Leaves in $heard: byte (which is in $byte), end, silence, or nothing when the tools failed, which
# says nothing of the run.
read_byte() {
  byte=$(timeout -s KILL "$1" dd bs=1 count=1 2>/dev/null)
  case $?:$byte in
    0:) heard=end ;;
    0:*) heard=byte ;;
    124:* | 137:*) heard=silence ;;
    *) heard=nothing ;;
  esac
}

# Without the tools, by the shell alone: goodbye and end of file are told still, silence is not.
read_to_end() {
  IFS= read -r bytes
  case $bytes in
    *q) heard=byte byte=q ;;
    *) heard=end ;;
  esac
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

# The program and what it runs are away for a moment while they are upgraded.
is_there() {
  [ -e "$1" ] || return 1
  case ${2:-} in
    /*) [ -e "$2" ] || return 1 ;;
  esac
}

# Some minutes, then once more whatever is missing, so that the log has the reason.
act() {
  end_run "$1"
  shift
  waits=0
  while :; do
    if [ "$waits" -ge 150 ] || is_there "$@"; then
      (trap - HUP INT TERM && exec "$@")
      status=$?
      case $status in
        126 | 127) [ "$waits" -lt 150 ] || exit "$status" ;;
        *) exit "$status" ;;
      esac
    fi
    [ "$waits" -gt 0 ] || say "the recovery cannot be started now, trying again for 5 minutes: $*"
    waits=$((waits + 1))
    sleep 2
  done
}

for tool in timeout dd; do
  command -v "$tool" >/dev/null || exit 3
done
echo ready
exec 1>&2

failures=0
while :; do
  read_byte "$limit"
  # Silence is looked at twice: after a suspended machine wakes, the run speaks before the limit counts.
  [ "$heard" != silence ] || read_byte 2
  if [ "$heard" != nothing ]; then
    failures=0
  elif [ "$failures" -lt 5 ]; then
    failures=$((failures + 1))
    sleep 1 2>/dev/null || :
  else
    say "timeout and dd do not work: only the end of the run is noticed now"
    read_to_end
  fi
  case $heard:$byte in
    byte:q) exit 0 ;;
    end:*) say "the run is gone"; act 50 "$@" ;;
    silence:*) say "no sign of work for $limit s"; act 0 "$@" ;;
  esac
done
