#!/bin/sh
# What the scripts beside this one share. It is read by them, from within their directory, and does
# nothing by itself. POSIX sh; GNU tar 1.31 or later, coreutils, findutils and sed; docker.
#
# A script says what it restores (title … needs) and calls `restore directory` or `restore file`.
# What was there before is never deleted but renamed aside; what is unpacked stays on failure.

umask 077
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS

newline='
'
here=$(pwd -P && printf x)
here=${here%?x}

what='' unit='' hot='' deleted='' delta='' listing='' inner='' order='' project='' needed=0
target='' given='' volumes='' uncomposed='' made='' place='' how='' phase=''

say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "error: $1"
  [ -z "${2:-}" ] || say "$2"
  exit 1
}

# Words as people list them: a, b and c.
and_list() {
  listed=''
  while [ $# -gt 2 ]; do
    listed="$listed$1, "
    shift
  done
  [ $# -lt 2 ] || {
    listed="$listed$1 and "
    shift
  }
  printf '%s' "$listed${1:-}"
}

# ---------------------------------------------------------------- what a script says

title() { what=$1; }

# The unit that it is of, as Stackhold calls it.
unit() { unit=$1; }

# The stack that the containers belong to.
stack() { project=$1; }

# Containers of the unit, in the order in which they are started.
start_order() { order=$*; }

# No compose file makes the containers: somebody does, as containers.txt says.
uncomposed() { uncomposed=1; }

# Bytes that the data needs on disk.
needs() { needed=$1; }

# Only this path within the data is restored.
only() { inner=$1; }

# file ROLE SHA256 NAME: one of the files in data/, in the order in which they are applied.
file() {
  case $1 in
    hot) hot=$3 ;;
    deleted) deleted=$3 ;;
    delta) delta=$3 ;;
    listing) listing=$3 ;;
    *) die "the script does not know how to apply data/$3" ;;
  esac
  check_file "$2" "$3"
}

# check_file SHA256 NAME
check_file() {
  case $2 in
    *.zst) need_tool zstd ;;
    *.gz) need_tool gzip ;;
  esac
  # `restore.sh` has just had all of them checked.
  [ -z "${RESTORE_ALL:-}" ] || [ "$act" = check ] || return 0
  [ -f "data/$2" ] || die "data/$2 is missing" "Nothing was touched."
  say "checking data/$2"
  sum=$(sha256sum <"data/$2") || die "data/$2 cannot be read" "Nothing was touched."
  [ "${sum%% *}" = "$1" ] || die "data/$2 is damaged: its SHA-256 differs" "Nothing was touched."
}

# image ID SHA256 NAME [REFERENCE…]: in data/, loaded where the engine lacks it. A name that means another stays.
image() {
  image_id=$1
  image_file=$3
  check_file "$2" "$3"
  shift 3
  wants create || return 0
  has_image "$image_id" || {
    say "loading the image ${1:-$image_id}"
    case $image_file in
      *.zst) zstd -dc "data/$image_file" ;;
      *.gz) gzip -dc "data/$image_file" ;;
      *) cat "data/$image_file" ;;
    esac | docker load --quiet >/dev/null || die "the image ${1:-$image_id} cannot be loaded"
    has_image "$image_id" ||
      die "data/$image_file holds another image for this engine, not $image_id"
  }
  for each do
    has_image "$each" || docker tag "$image_id" "$each" || die "the image cannot be named $each"
  done
}

has_image() {
  docker image inspect -- "$1" >/dev/null 2>&1
}

# ---------------------------------------------------------------- this machine

need_tool() {
  command -v "$1" >/dev/null || die "the program $1 is missing" "Nothing was touched."
}

require_tools() {
  [ "$(id -u)" = 0 ] || die "this must run as root" "Nothing was touched."
  for tool in docker tar sha256sum find xargs sed stat; do need_tool "$tool"; done
  case $(tar --version) in *GNU*) ;; *) die "GNU tar is needed" "Nothing was touched." ;; esac
  docker info >/dev/null 2>&1 || die "docker does not answer: docker info says why" "Nothing was touched."
  [ -w . ] || die "$here must be writable: it remembers what was stopped" "Nothing was touched."
}

# Calls a function for each mount point of this machine.
each_mount() {
  while read -r _ _ _ _ point _; do
    case $point in
      *\\*)
        point=$(printf '%b_' "$(printf '%s\n' "$point" | sed 's/\\/\\0/g')")
        point=${point%_}
        ;;
    esac
    "$@" "$point"
  done </proc/self/mountinfo
}

longer_mount() {
  case $1/ in
    "${2%/}"/*) [ "${#2}" -lt "${#mount}" ] || mount=$2 ;;
  esac
}

# Leaves in $mount the mount point on which a path lies, or will lie.
mount_of() {
  mount=/
  each_mount longer_mount "$1"
}

refuse_below() {
  case $2 in
    "$1"/?*) die "$1 cannot be replaced: something is mounted inside it, at $2" "Nothing was touched." ;;
  esac
}

# What must not move away with the data.
refuse_within() {
  case $1/ in
    "$target"/*) die "$target cannot be replaced: $2 lies in it, at $1" "Nothing was touched." ;;
  esac
}

# Places of Stackhold that an earlier host had: they matter where they are there.
reserved() {
  for each do
    [ ! -e "$each" ] || keep_clear="$keep_clear$each$newline"
  done
}
keep_clear=''

refuse_target() {
  case $target in
    /*/../* | /*/.. | / | '') die "\"$target\" is no place to restore to" "Nothing was touched." ;;
  esac
  each_mount refuse_below "$target"
  refuse_within "$here" "this directory"
  refuse_within "$(docker info --format '{{.DockerRootDir}}')" "the engine's own data"
  while IFS= read -r each; do
    [ -z "$each" ] || refuse_within "$each" "a place of Stackhold"
  done <<END
$keep_clear
END
}

# ---------------------------------------------------------------- where the data goes

# A host path; where it is a symbolic link, what that leads to.
target_path() {
  target=$1
  given=$1
  [ ! -L "$1" ] || [ ! -e "$1" ] || {
    target=$(readlink -f -- "$1" && printf x)
    target=${target%?x}
  }
}

# target_volume NAME [OPTION…]: made with these options where it is missing.
target_volume() {
  name=$1
  shift
  docker volume inspect -- "$name" >/dev/null 2>&1 || {
    [ "$act" = restore ] || return 0
    say "making the volume $name"
    docker volume create "$@" -- "$name" >/dev/null || die "the volume $name cannot be made"
    made=1
  }
  data_of_volume "$name"
}

# Its options were secret: only somebody who knows them can make it.
target_secret_volume() {
  docker volume inspect -- "$1" >/dev/null 2>&1 ||
    die "the volume $1 is missing, and some of its options or labels are secret" \
      "Make it with docker volume create as README.txt says, then run this again. Nothing was touched."
  data_of_volume "$1"
}

# target_anonymous NAME DESTINATION CONTAINER [SERVICE NUMBER]: the volume that the container has there now.
target_anonymous() {
  name=$1
  destination=$2
  shift 2
  find_container "$@"
  if [ -n "$container" ]; then
    format='{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{.Destination}}{{"\x00"}}{{end}}{{end}}'
    # shellcheck disable=SC2016 # for the inner shell
    found=$(docker inspect --type container --format "$format" "$container" |
      xargs -0 -r sh -c 'for each do [ "${each#* }" != "$0" ] || echo "${each%% *}"; done' "$destination")
    [ -z "$found" ] || name=$found
  elif [ -n "$uncomposed" ]; then
    # containers.txt has it by this name.
    target_volume "$name"
    return
  fi
  docker volume inspect -- "$name" >/dev/null 2>&1 || {
    [ "$act" = restore ] || return 0
    die "the container of the anonymous volume at $destination is missing" \
      "Make it first: \`sh up.sh create\`. Nothing was touched."
  }
  data_of_volume "$name"
}

data_of_volume() {
  volumes=$1
  options=$(docker volume inspect --format '{{with .Options}}{{with .o}}{{.}}{{end}}{{end}}' -- "$1")
  type=$(docker volume inspect --format '{{with .Options}}{{with .type}}{{.}}{{end}}{{end}}' -- "$1")
  case ,$options, in
    *,bind,* | *,rbind,*)
      target_path "$(docker volume inspect --format '{{.Options.device}}' -- "$1")"
      made=''
      return
      ;;
  esac
  target=$(docker volume inspect --format '{{.Mountpoint}}' -- "$1")
  given=$target
  case $type in
    '' | none) [ -d "$target" ] && return ;;
  esac
  die "the data of the volume $1 cannot be reached from here (type ${type:-unknown})" \
    "Unpack data/$hot by hand where the volume's data lies: README.txt says how. Nothing was touched."
}

# ---------------------------------------------------------------- containers

# find_container NAME [SERVICE NUMBER]: leaves its id in $container, or nothing.
find_container() {
  container=''
  if [ $# -eq 3 ]; then
    container=$(docker ps --all --quiet --no-trunc \
      --filter "label=com.docker.compose.project=$project" \
      --filter "label=com.docker.compose.service=$2" \
      --filter "label=com.docker.compose.container-number=$3" \
      --filter label=com.docker.compose.oneoff=False | head -n 1)
  fi
  [ -n "$container" ] ||
    container=$(docker inspect --type container --format '{{.Id}}' -- "$1" 2>/dev/null) || container=''
}

# For each mount `/CONTAINER PROJECT TYPE WHAT`, with a NUL at its end.
mounts='{{range .Mounts}}{{$.Name}} {{or (index $.Config.Labels "com.docker.compose.project") "-"}} {{.Type}} {{if eq .Type "volume"}}{{.Name}}{{else}}{{.Source}}{{end}}{{"\x00"}}{{end}}'

# Of these the containers that see the target ($1 and $2, its two names) or one of the volumes ($3). A
# directory above is looked up by name: it matters for the stack's own containers ($4) alone.
# shellcheck disable=SC2016 # for the inner shell
uses='path=$1 other=$2 volumes=$3 own=$4
shift 4
for each do
  each=${each#"
"}
  name=${each%% *} each=${each#* }
  project=${each%% *} each=${each#* }
  type=${each%% *} source=${each#* }
  case $type in
    volume) case " $volumes " in *" $source "*) echo "${name#/}" ;; esac ;;
    bind)
      for target in "$path" "$other"; do
        case $source/ in "$target"/*) echo "${name#/}" ;; esac
        [ "$project" = "$own" ] || continue
        case $target/ in "${source%/}"/*) echo "${name#/}" ;; esac
      done
      ;;
  esac
done'

# Volumes that are other names of something in the target.
# shellcheck disable=SC2016 # for the inner shell
bound='path=$1
shift
for each do
  each=${each#"
"}
  case ${each#* }/ in "$path"/*) echo "${each%% *}" ;; esac
done'

# Leaves in $users the running containers that see the target, with those in their network.
find_users() {
  users=''
  running=$(docker ps --quiet --no-trunc) || die "docker ps failed"
  [ -n "$running" ] || return 0
  all=$(docker volume ls --quiet)
  format='{{with .Options}}{{with .device}}{{$.Name}} {{.}}{{end}}{{end}}{{"\x00"}}'
  # shellcheck disable=SC2086 # names of volumes and ids have no blanks
  [ -z "$all" ] || volumes="$volumes $(docker volume inspect --format "$format" $all |
    xargs -0 -r sh -c "$bound" sh "$target" | tr '\n' ' ')"
  # shellcheck disable=SC2086
  users=$(docker inspect --type container --format "$mounts" $running |
    xargs -0 -r sh -c "$uses" sh "$target" "$given" "$volumes" "$project" | sort -u | tr '\n' ' ')
  [ -n "$users" ] || return 0
  before=''
  while [ "$users" != "$before" ]; do
    before=$users
    # shellcheck disable=SC2086
    ids=$(docker inspect --type container --format '{{.Id}} {{.Name}}' $users)
    # shellcheck disable=SC2086
    docker inspect --type container --format '{{.Name}} {{.HostConfig.NetworkMode}}' $running >.networks
    while read -r name mode; do
      case $mode in container:*) ;; *) continue ;; esac
      case " $users " in *" ${name#/} "*) continue ;; esac
      case $newline$ids$newline in
        *"$newline${mode#container:} "* | *" /${mode#container:}$newline"*) users="$users${name#/} " ;;
      esac
    done <.networks
  done
}

# Names in the order of starting; those that the point does not know come last.
in_order() {
  sorted=''
  for each in $order "$@"; do
    case " $* " in *" $each "*) ;; *) continue ;; esac
    case " $sorted " in *" $each "*) ;; *) sorted="$sorted$each " ;; esac
  done
}

# Nothing brings back what a stop removes.
refuse_users() {
  find_users
  for each in $users; do
    gone=$(docker inspect --type container --format '{{.HostConfig.AutoRemove}}' "$each")
    [ "$gone" != true ] || die "$each would have to be stopped, and removes itself then (--rm)" \
      "End it yourself, then run this again. Nothing was touched."
  done
}

stop_users() {
  refuse_users
  [ -n "$users" ] || return 0
  # shellcheck disable=SC2086
  in_order $users
  backwards=''
  for each in $sorted; do backwards="$each $backwards"; done
  for each in $backwards; do
    # Known before it stops, so that another run starts it if this one dies.
    echo "$each" >>stopped
    say "stopping $each"
    docker stop "$each" >/dev/null || die "$each cannot be stopped"
  done
  find_users
  [ -z "$users" ] || die "$users came up again while the data was about to be replaced"
}

# Starts what this run stopped, and what one that died left stopped.
start_again() {
  [ -z "${RESTORE_ALL:-}" ] && [ -s stopped ] || return 0
  # shellcheck disable=SC2046 # one name a line
  in_order $(sort -u stopped)
  failed=''
  for each in $sorted; do
    say "starting $each"
    docker start "$each" >/dev/null || failed="$failed $each"
  done
  [ -z "$failed" ] || die "these do not start:$failed" "docker start$failed tries again."
  rm -f stopped
}

# ---------------------------------------------------------------- unpacking: docs/format.md, "Restore by hand"

unpack() {
  tar --preserve-permissions --same-owner --numeric-owner --xattrs --xattrs-include='*' \
    --delay-directory-restore --force-local --warning=no-timestamp "$@"
}

# The directories that an archive holds, but for those whose names tar prints with a backslash.
directories() {
  tar --quoting-style=escape --force-local -tf "$1" | while IFS= read -r name; do
    case $name in *\\*) ;; */) printf '%s\n' "${name%/}" ;; esac
  done
}

# Each of the names begins with ./, has no .. and lies below no symbolic link.
# shellcheck disable=SC2016 # for the inner shell
inside='for name do
  case $name in ./?*) ;; *) exit 255 ;; esac
  case $name/ in */../*) exit 255 ;; esac
  while name=${name%/*} && [ "$name" != . ]; do [ ! -L "$name" ] || exit 255; done
done'

# What the second pass found deleted, in what was just unpacked.
delete() {
  (cd -- "$2" && xargs -0 sh -c "$inside" sh) <"$1" && (cd -- "$2" && xargs -0 rm -rf --) <"$1"
}

# The records of a listing are directories and others; touch wants a time before 1970 as a fraction.
# shellcheck disable=SC2016 # for the inner shell
times='for record do
  case $record in "d "*) ;; *) continue ;; esac
  record=${record#* * * * * }
  time=${record%% *}
  name=${record#* * }
  seconds=${time%.*}
  case $time in
    *.000000000 | [!-]*) ;;
    *) time=-$((${seconds#-} - 1)).$(printf %09d $((2000000000 - 1${time#*.}))) ;;
  esac
  touch -h -m -d "@$time" "$name" || exit 255
done'

print_listing() {
  case $1 in
    *.zst) zstd -dc "$1" ;;
    *.gz) gzip -dc "$1" ;;
    *) cat "$1" ;;
  esac
}

# Type, mode, owner, size and name of everything, as the point lists it and as it was unpacked.
compare_with_listing() {
  # Sockets are listed and not stored.
  print_listing "$1" | sed -z '/^s /d; s/^\([^ ]* [^ ]* [^ ]* [^ ]* [^ ]*\) [^ ]* [^ ]* /\1 /' |
    sort -z >"$place/listed"
  (cd -- "$2" && find . \( -type f -printf '%y %m %U %G %s %p\0' \) -o -printf '%y %m %U %G 0 %p\0') |
    sort -z >"$place/found"
  cmp -s "$place/listed" "$place/found" && return
  comm -z -3 "$place/listed" "$place/found" | head -z -n 6 | tr '\0' '\n' >&2
  return 1
}

# Into $place/new.
unpack_part() {
  say "unpacking $what to $place/new"
  mkdir -- "$place/new" || die "$place/new cannot be made"
  failure="$what cannot be unpacked"
  if [ -n "$delta" ]; then
    # tar may complain of an archive of a tree in motion: the listing tells what came of it.
    directories "data/$delta" | unpack --no-recursion --anchored --no-wildcards --exclude-from=- \
      -xf "data/$hot" -C "$place/new" 2>"$place/remarks" || :
  elif [ -n "$deleted" ]; then
    unpack -xf "data/$hot" -C "$place/new" 2>"$place/remarks" || :
  else
    unpack -xf "data/$hot" -C "$place/new" || die "$failure"
  fi
  [ -z "$deleted" ] || delete "data/$deleted" "$place/new" || die "$failure"
  [ -z "$delta" ] || unpack -xf "data/$delta" -C "$place/new" || die "$failure"
  [ -n "$listing" ] && [ "$1" = directory ] || return 0
  print_listing "data/$listing" | (cd -- "$place/new" && xargs -0 sh -c "$times" sh) || die "$failure"
  compare_with_listing "data/$listing" "$place/new" ||
    die "what was unpacked is not what the point lists; above is some of it, and $place/remarks has what tar said"
}

# ---------------------------------------------------------------- in place of what is there

# Directories above the target that are gone, each with its mode and owner.
make_above() {
  while [ $# -gt 0 ]; do
    if [ ! -e "$1" ] && [ ! -L "$1" ]; then
      (umask 077 && mkdir -- "$1" && chown -- "$3" "$1" && chmod -- "$2" "$1") ||
        die "$1 cannot be made"
    fi
    shift 3
  done
}

# Leaves in $place a directory on the file system of the target, and in $how what is renamed: the
# target itself, or its children where it is a mount point.
make_place() {
  parent=${target%/*}
  parent=${parent:-/}
  make_above "$@"
  (umask 022 && mkdir -p -- "$parent") || die "$parent cannot be made"
  beside=$parent
  case $target in
    */volumes/*/_data)
      beside=${target%/*/_data}
      # What lies in volumes/ the engine takes for a volume.
      case $beside in */volumes) beside=${beside%/volumes} ;; *) beside=$parent ;; esac
      ;;
  esac
  safety=${beside%/}/.stackhold-safety
  how=rename
  mount_of "$target"
  of_target=$mount
  mount_of "$parent"
  of_parent=$mount
  mount_of "$safety"
  if [ "$of_target" = "$target" ] || [ "$of_parent" != "$mount" ] || ! same_device "$target" "$beside"; then
    [ -d "$target" ] || die "$target cannot be replaced: it lies on another file system than $beside"
    how=children
    safety=$target/.stackhold-safety
  fi
  [ ! -L "$safety" ] || die "$safety is a symbolic link: move it away, then run this again"
  mkdir -p -- "$safety" || die "$safety cannot be made"
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  place=$safety/by-hand-$(printf '%s' "$now" | tr : -)-$$
  mkdir -- "$place" || die "$place cannot be made"
  printf '%s\n' "Of $what at $target. Made by a restore by hand from $here." \
    "old is what was there before, new is what was unpacked and did not come into place." \
    >"$place/what-this-is.txt"
  mark_place || die "$place/safety-copy.json cannot be written" "Nothing was touched."
  free=$(df --output=avail -B 1 -- "$place" | tail -n 1 | tr -d ' ')
  [ "${free:-0}" -ge "$needed" ] ||
    die "$place has $free bytes free, $what needs $needed" "Nothing was touched."
}

# Tells Stackhold, where it runs here, whose safety copy this is.
mark_place() {
  of=$(json "$unit") && at=$(json "$target") || return 0
  children=false
  [ "$how" != children ] || children=true
  printf '{"version":1,"unit":%s,"runId":"%s","createdAt":"%s","target":%s,"children":%s}\n' \
    "$of" "${place##*/}" "$now" "$at" "$children" >"$place/safety-copy.json"
}

# A text as JSON; false where it has control characters.
json() {
  case $1 in *[[:cntrl:]]*) return 1 ;; esac
  printf '"%s"' "$(printf '%s' "$1" | sed 's/["\\]/\\&/g')"
}

same_device() {
  [ ! -e "$1" ] || [ "$(stat -c %d -- "$1")" = "$(stat -c %d -- "$2")" ]
}

# All but safety copies, from one directory into another of the same file system.
# shellcheck disable=SC2016 # for the inner shell
move_children() {
  find "$1" -mindepth 1 -maxdepth 1 ! -name .stackhold-safety -exec sh -c '
    for each do
      to=$0/${each##*/}
      [ ! -e "$to" ] && [ ! -L "$to" ] && mv -T -- "$each" "$to" || exit 1
    done' "$2" {} +
}

# Owner, mode, times, ACL and attributes of a directory, without what is in it, into a file.
save_root() {
  tar --format=pax --xattrs --xattrs-include='*' --acls --numeric-owner --force-local --no-recursion \
    -cf "$2" -C "$1" .
}

# From such a file to a directory.
apply_root() {
  unpack -xf "$1" -C "$2"
}

swap() {
  say "putting $what in place at $target"
  if is_worth_keeping; then
    say "what is there now is kept in $place/old"
    note "$target: what was there is kept in $place/old"
  fi
  phase=out
  if [ "$how" = children ]; then
    mkdir -- "$place/old" || die "$place/old cannot be made"
    save_root "$target" "$place/old.tar" || die "the attributes of $target cannot be kept"
    save_root "$new" "$place/new.tar" || die "the attributes of $new cannot be kept"
    move_children "$target" "$place/old" || die "$target cannot be moved aside"
    phase=in
    move_children "$new" "$target" || die "$target cannot be filled"
    apply_root "$place/new.tar" "$target" || die "$target cannot be given its attributes"
  else
    if [ -e "$target" ] || [ -L "$target" ]; then
      mv -T -- "$target" "$place/old" || die "$target cannot be moved aside"
    fi
    phase=in
    mv -T -- "$new" "$target" || die "$target cannot be put in place"
  fi
  phase=over
  half_done
  # What was unpacked around a part of it, or nothing any more.
  rm -rf -- "$place/new"
  leave_nothing_empty
}

# Nothing is in a volume that this script has just made.
is_worth_keeping() {
  [ -e "$target" ] || [ -L "$target" ] || return 1
  [ -z "$made" ] || [ -n "$(find "$target" -mindepth 1 -print -quit)" ]
}

# The place goes where nothing was set aside.
leave_nothing_empty() {
  [ -z "$made" ] || rmdir -- "$place/old" 2>/dev/null || :
  if [ -e "$place/old" ] || [ -L "$place/old" ]; then return; fi
  rm -rf -- "$place"
  rmdir -- "$safety" 2>/dev/null || :
  place=''
}

# Into kept.txt.
note() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >>kept.txt
}

# Of all that restore.sh restores.
half_done() {
  [ -z "${RESTORE_ALL:-}" ] || : >half-done
}

# The old data back where it was.
undo() {
  [ "$phase" != over ] || return 0
  if [ "$how" = children ]; then
    [ -d "$place/old" ] || return 0
    [ "$phase" != in ] || move_children "$target" "$new" || return 1
    move_children "$place/old" "$target" || return 1
    apply_root "$place/old.tar" "$target"
  elif [ -e "$place/old" ] || [ -L "$place/old" ]; then
    [ ! -e "$target" ] && [ ! -L "$target" ] && mv -T -- "$place/old" "$target"
  fi
}

# However the script ends: what it stopped does not stay down, unless the data is in two places.
ended() {
  status=$?
  trap - EXIT
  rm -f .networks
  [ "$status" -ne 0 ] || return 0
  [ -z "$place" ] || [ ! -e "$place/new" ] ||
    say "What was unpacked is in $place; it may be deleted."
  if [ -n "$phase" ] && ! undo; then
    half_done
    say "The old data of $what is in $place/old, or partly still at $target."
    [ ! -s stopped ] || say "These stay stopped until that is put right: $(sort -u stopped | tr '\n' ' ')"
    exit "$status"
  fi
  [ -z "$phase" ] || [ "$phase" = over ] || {
    say "The old data is at $target again."
    note "$target: the old data was put back"
  }
  [ "$act" = check ] || (start_again) || :
  exit "$status"
}

signals() {
  trap ended EXIT
  trap 'exit 130' INT
  trap 'exit 143' HUP TERM
}

# restore directory|file [PATH MODE OWNER]…, when everything is said. $act: check the files, stop who uses the target, or all.
restore() {
  [ "$act" != check ] || return 0
  if [ -z "$target" ]; then
    [ "$act" = restore ] || return 0
    die "it is not known where $what goes"
  fi
  refuse_target
  if [ "$act" = stop ]; then
    stop_users
    return
  fi
  refuse_users
  shape=$1
  shift
  make_place "$@"
  if [ -n "$inner" ]; then unpack_part directory; else unpack_part "$shape"; fi
  new=$place/new
  if [ -n "$inner" ]; then
    new=$place/new/$inner
  elif [ "$shape" = file ]; then
    find "$place/new" -mindepth 1 -maxdepth 1 -exec mv -T -- {} "$place/file" \;
    new=$place/file
  fi
  [ -e "$new" ] || [ -L "$new" ] || die "$what is not in data/$hot"
  stop_users
  swap
  start_again
}

# begin all|part|up [WORD]: how every script begins. A word that it does not know changes nothing.
begin() {
  kind=$1
  shift
  act=${1-restore}
  script=${0##*/}
  case $kind in
    all) words=check help="sh $script restores everything" ;;
    part) words='check stop' help="sh $script restores its part" ;;
    up) words='check create start' help="sh $script starts what ran, and makes it first where a compose file says how" ;;
  esac
  known=''
  for each in restore $words; do [ "$act" != "$each" ] || known=1; done
  if [ -z "$known" ] || [ $# -gt 1 ]; then
    die "$script does not understand: $*" \
      "$help; sh $script check only checks. README.txt says more. Nothing was touched."
  fi
  [ "$kind" = all ] || signals
  require_tools
}

# Whether everything is to be done, or this.
wants() {
  [ "$act" = restore ] || [ "$act" = "$1" ]
}

# ---------------------------------------------------------------- all of it

# restore_all SCRIPT…: checks all, stops all who use the data, restores all; `up.sh create` stands among them.
restore_all() {
  RESTORE_ALL=1
  export RESTORE_ALL
  [ "$act" = check ] || {
    trap all_ended EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM
  }
  for each do
    sh "./$each" check || exit 1
  done
  [ "$act" != check ] || {
    say "the data is as it was stored; nothing was touched"
    return 0
  }
  for each do
    [ "$each" = up.sh ] || sh "./$each" stop || exit 1
  done
  for each do
    if [ "$each" = up.sh ]; then sh ./up.sh create || exit 1; else sh "./$each" || exit 1; fi
  done
  rm -f half-done
  RESTORE_ALL=''
  trap - EXIT
  say "the data is in place"
  start_again
  case " $* " in *" up.sh "*) sh ./up.sh start || exit 1 ;; esac
  say "restored"
}

all_ended() {
  status=$?
  trap - EXIT
  if [ -e half-done ]; then
    say "Some of the data is restored and some is not; kept.txt says where the old data is."
    say "When what is said above is mended, run \`sh restore.sh\` again."
    [ ! -s stopped ] || say "These stay stopped meanwhile: $(sort -u stopped | tr '\n' ' ')"
  else
    RESTORE_ALL=''
    (start_again) || :
  fi
  exit "$status"
}

# ---------------------------------------------------------------- containers from compose files

# need_file PATH: a file of the stack.
need_file() {
  [ -e "$1" ] || die "$1 is missing" \
    "sh restore-project.sh brings the project back; what lies elsewhere is in data/recipe.*, below outside/."
}

# need_network NAME COMMAND
need_network() {
  [ "$act" != start ] || return 0
  docker network inspect -- "$1" >/dev/null 2>&1 ||
    die "the network $1 is missing, and the stack does not make it itself" "Make it: $2"
}

# create_services SERVICE=COUNT…, by `compose` of up.sh: what is missing, and starts nothing.
create_services() {
  short=''
  names=''
  for each do
    case $each in *[!A-Za-z0-9._=-]*) die "\"$each\" is no name of a service" ;; esac
    has=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$project" \
      --filter "label=com.docker.compose.service=${each%=*}" \
      --filter label=com.docker.compose.oneoff=False | wc -l)
    [ "$has" -lt "${each##*=}" ] || continue
    short="$short --scale $each"
    names="$names ${each%=*}"
  done
  [ -n "$names" ] || return 0
  # shellcheck disable=SC2086 # looked at above
  say "making the containers of $(and_list $names)"
  # shellcheck disable=SC2086 # looked at above
  compose up --no-start --no-deps --no-recreate $short -- $names ||
    die "Compose cannot make the containers" \
      "Where an image is missing, README.txt has its digest. What is restored stays; run this again."
}

# need_container NAME [SERVICE NUMBER]: nothing here makes it.
need_container() {
  find_container "$@"
  [ -n "$container" ] || lacking="$lacking $1"
}
lacking=''

# After all of them, and what is there has been started.
containers_needed() {
  [ -n "$lacking" ] || return 0
  # shellcheck disable=SC2086 # names of containers have no blanks
  set -- $lacking
  names=$(and_list "$@")
  gone="$names is missing, and no compose file makes it"
  [ $# -eq 1 ] || gone="$names are missing, and no compose file makes them"
  if [ "$act" = check ]; then
    say "note: $gone. The data can be put in place all the same; make $names after that."
  elif [ -z "${RESTORE_ALL:-}" ]; then
    die "$gone" "Make $names as containers.txt says, then run: sh up.sh"
  fi
}

# start_member NAME [SERVICE NUMBER]: ran at the freeze.
start_member() {
  case "$lacking " in *" $1 "*) return 0 ;; esac
  find_container "$@"
  [ -n "$container" ] || {
    missing="$missing $1"
    return 0
  }
  runs=$(docker inspect --type container --format '{{.State.Running}}' "$container")
  [ "$runs" != true ] || return 0
  say "starting $1"
  docker start "$container" >/dev/null || missing="$missing $1"
}
missing=''

started() {
  [ -z "$missing" ] || die "not running:$missing" "docker ps --all and docker logs say more."
}
