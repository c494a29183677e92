// Made from deploy/latch by `npm run generate`: change it there.
/* oxlint-disable max-lines */

/** What a latched container runs: see docs/reference/latch.md. */
export const latchScript = `set -fu
nl='
'
IFS=$nl
B=\${0%/bin/latch} BB=\${0%/*}/busybox
outside= files= grace=0 limit=0 dirs= verdict= parent= session=
starts=0 least=
text= token= cpu= memory= secret= no_secret= expires= spent= seen= dirty= devices=
starts=0 least= watcher= event= pid= starting= early= runner= code= stop=0 ends= now=0
entry= entries=0 words= path= line= name= mode=
fail() { # CODE MESSAGE
printf 'latch: %s\\n' "$2" >&2
exit "$1"
}
clock() { IFS=' .' read -r now line </proc/uptime; }
reap() { jobs >/dev/null 2>&1; }
pause() { # SECONDS
event=
read -r -t "$1" -u 3 event
case $event in
'run '*) pid=\${event#run } runner=\${pid#* } pid=\${pid% *} ;;
'exit '*) code=\${event#exit } ;;
esac
}
idle() { if [ -n "$watcher" ]; then pause 30; else pause 0.125; fi; }
open_events() {
"$BB" rm -f "$B/state/events" && "$BB" mkfifo -m 600 "$B/state/events" && exec 3<>"$B/state/events" &&
"$BB" rm -f "$B/state/events" || fail 78 "cannot make a FIFO in $B/state: mount a writable emptyDir there"
}
watch() {
tries=0
true >"$B/state/armed"
"$BB" inotifyd - "$B/delivery:y" "$B/state/armed:w" >&3 2>/dev/null 3>&- &
watcher=$!
while kill -0 "$watcher" 2>/dev/null && [ $tries -lt 100 ]; do
true >"$B/state/armed"
pause 0.05
[ -z "$event" ] || return 0
reap
tries=$((tries + 1))
done
unwatch
}
unwatch() {
[ -z "$watcher" ] || { kill "$watcher" 2>/dev/null; wait "$watcher" 2>/dev/null; }
watcher=
}
keep_watching() { [ -z "$watcher" ] || kill -0 "$watcher" 2>/dev/null || watch; }
on_signal() { # NAME NUMBER
if [ -n "$pid" ]; then kill -s "$1" "$pid" 2>/dev/null; elif [ -n "$starting" ]; then early=$early$1$nl; else
unwatch
exit $((128 + $2))
fi
}
peek() {
seen='?' line=
{
if read -r line; then
[ "$line" = 'penstock 1' ] && read -r line || line=
case $line in 'delivery '?*) seen=\${line#delivery } ;; esac
elif [ -z "$line" ]; then
seen=
fi
} 2>/dev/null <"$B/delivery/latch" || :
}
load() {
text=$("$BB" cat "$B/delivery/latch" 2>/dev/null)
case $text in *"\${nl}end") ;; *) return 1 ;; esac
}
is_same() { case $text in *"\${nl}delivery $token$nl"*) ;; *) return 1 ;; esac; }
number() { # WHAT VALUE
case $2 in '' | *[!0-9]*) fail 78 "delivery: $1 $2 is not a whole number" ;; esac
}
parse() {
token= cpu= memory= secret= no_secret= expires= least=
case $text in 'penstock 1'"$nl"*) ;; *) fail 78 "delivery: its format is not 'penstock 1': renew the pool's containers, their latch is older or newer than the operator" ;; esac
for line in $text; do
case $line in
'penstock 1' | end) ;;
'delivery '?*) token=\${line#* } ;;
'cpu '*) cpu=\${line#* } && number cpu "$cpu" ;;
'memory '*) memory=\${line#* } && number memory "$memory" ;;
'secret '/*) secret=\${line#* } ;;
'no-secret '/*) no_secret=\${line#* } ;;
'starts '*) least=\${line#* } && number starts "$least" ;;
'expires '*) expires=\${line#* } && number expires "$expires" ;;
'env '*=*)
name=\${line#env } name=\${name%%=*}
case $name in '' | [0-9]* | *[!-._a-zA-Z0-9]*) fail 78 "delivery: '$name' cannot be the name of a variable" ;; esac
;;
'file '[0-7]*' '?*)
name=\${line#file } name=\${name#* } name=\${name%% *}
case $name in '' | . | .. | */*) fail 78 "delivery: '$name' is not a plain file name" ;; esac
;;
*) fail 78 "delivery: cannot read the line '\${line%% *} ...': renew the pool's containers, their latch may be older than the operator" ;;
esac
done
[ -n "$token" ] || fail 78 'delivery: it has no line delivery TOKEN'
}
sized() {
cg=\${outside:-/sys/fs}/cgroup
if [ -n "$cpu" ]; then
quota= period=100000
if [ -r "$cg/cpu.max" ]; then IFS=' ' read -r quota period <"$cg/cpu.max"; else
for dir in cpu cpu,cpuacct; do
[ ! -r "$cg/$dir/cpu.cfs_quota_us" ] || { read -r quota <"$cg/$dir/cpu.cfs_quota_us" && read -r period <"$cg/$dir/cpu.cfs_period_us"; }
done
fi
case $quota in '') fail 78 "cannot see the cpu limit in $cg" ;; *[!0-9]*) return 1 ;; esac
quota=$((quota * 100000 / period))
[ "$quota" -ge "$cpu" ] && [ "$quota" -le $((cpu + 1000)) ] || return 1
fi
if [ -n "$memory" ]; then
quota=
for dir in memory.max memory/memory.limit_in_bytes; do
[ ! -r "$cg/$dir" ] || read -r quota <"$cg/$dir"
done
case $quota in '') fail 78 "cannot see the memory limit in $cg" ;; *[!0-9]*) return 1 ;; esac
[ $((quota - memory)) -le 65536 ] && [ $((memory - quota)) -le 65536 ] || return 1
fi
}
has_secret() {
[ -z "$no_secret" ] || [ ! -e "$no_secret/penstock-delivery" ] || return 1
[ -n "$secret" ] || return 0
line=
[ ! -r "$secret/penstock-delivery" ] || read -r line <"$secret/penstock-delivery"
[ "$line" = "$token" ]
}
has_started() { [ "$starts" -ge "\${least:-0}" ]; }
has_time() {
ends=
[ "$mode" = supervise ] && [ -n "$expires" ] || return 0
clock
ends=$((now + 1 + expires - $("$BB" date +%s)))
[ "$ends" -gt "$now" ]
}
await() {
token= short=250
while :; do
reap
keep_watching
peek
if [ -n "$dirty" ] && { [ "$seen" != "$dirty" ] || [ "$seen" = "$spent" ]; }; then token= && return 0; fi
if [ -z "$seen" ] || [ "$seen" = "$spent" ]; then token=; else
[ "$seen" = "$token" ] || { token= && load && parse && short=250; }
if [ -n "$token" ] && [ "$token" != "$spent" ] && sized && has_secret && has_started; then
if has_time; then return 0; fi
spent=$token
continue
elif [ -n "$token" ]; then
if [ $short -gt 0 ]; then short=$((short - 1)) && pause 0.02; else pause 0.5; fi
continue
fi
fi
idle
done
}
write_files() (
umask 077
for line in $text; do
case $line in 'file '*) ;; *) continue ;; esac
line=\${line#file } mode=\${line%% *} line=\${line#* } name=\${line%% *}
case $line in *' '*) line=\${line#* } ;; *) line= ;; esac
case $line in *\\\\*) printf %b "$line" ;; *) printf %s "$line" ;; esac >"$files/.penstock" &&
"$BB" chmod "$mode" "$files/.penstock" && "$BB" mv -f "$files/.penstock" "$files/$name" || exit 1
done
)
open() {
printf '%s\\n' "$token" >"$B/state/dirty" && write_files && clock && printf '%s\\n' "$now" >"$B/state/open" ||
fail 78 "cannot write what was delivered: $files and $B/state must be writable emptyDirs with room for it"
}
add() { # WORD
case $1 in ?*=*) ;; *) return 0 ;; esac
case $1 in PATH=*) path=\${1#PATH=} ;; esac
entries=$((entries + 1))
eval "entry$entries=\\$1"
words="$words \\"\\$entry$entries\\""
}
launch() { # PID COMMAND...
while IFS= read -r -d '' entry; do add "$entry"; done <"/proc/$1/environ"
if [ -n "$entry" ]; then
soh=$(printf '\\001')
for entry in $("$BB" tr '\\0\\n' '\\n\\001' <"/proc/$1/environ"); do
case $entry in *"$soh"*) entry=\${entry//$soh/$nl} ;; esac
add "$entry"
done
fi
shift
for line in $text; do
case $line in 'env '*) line=\${line#env } ;; *) continue ;; esac
case $line in *\\\\*) line=$(printf '%b.' "$line") && line=\${line%.} ;; esac
add "$line"
done
case $1 in
*/*) ;;
*)
name=$1
shift
IFS=:
for dir in \${path:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}; do
[ -f "$dir/$name" ] && [ -x "$dir/$name" ] || continue
set -- "$dir/$name" "$@" && name=
break
done
IFS=$nl
[ -z "$name" ] || fail 127 "$name: not found in PATH"
;;
esac
case $1 in *=*) fail 78 "the command $1 must not have an equals sign in its path: env would take it for a variable" ;; esac
eval "set -- $words \\"\\$@\\""
exec $session "$BB" env -i -- "$@" 3>&- 4>&-
}
start() { # COMMAND...
pid= runner= code= starting=yes early=
"$BB" setsid "$BB" setsid "$BB" sh "$0" run $$ -- "$@" 4<<TEXT
$text
TEXT
clock
stop=$((now + 30))
while [ -z "$runner$code" ] && [ "$now" -lt $stop ]; do pause 1 && clock; done
[ -n "$runner" ] || fail 78 'cannot start processes'
starting=
for name in $early; do kill -s "$name" "$pid" 2>/dev/null; done
}
run() { # COMMAND...
trap : TERM INT HUP QUIT USR1 USR2 WINCH
text=$("$BB" cat <&4)
exec 4<&-
session=$BB\${nl}setsid
(
IFS=' ' read -r pid line </proc/self/stat
echo "run $pid $$" >&3
launch "$parent" "$@"
)
echo "exit $?" >&3
}
lives() { kill -0 "$pid" 2>/dev/null || kill -0 "$runner" 2>/dev/null; }
last_words() {
while [ -z "$code" ] && pause 0.1 && [ -n "$event" ]; do :; done
code=\${code:-137}
}
supervise() { # COMMAND...
start "$@"
while :; do
reap
keep_watching
[ -n "$code" ] || lives || last_words
peek
if [ "$seen" != "$token" ] && { [ -z "$seen" ] || { load && ! is_same; }; }; then break; fi
[ -z "$code" ] || { kill_rest; exit "$code"; }
if [ -z "$ends" ]; then idle; else
clock
[ "$now" -lt "$ends" ] || { spent=$token && break; }
if [ -n "$watcher" ] && [ $((ends - now)) -lt 30 ]; then pause $((ends - now)); else idle; fi
fi
done
"$BB" rm -f "$B/state/open"
kill -s TERM "$pid" 2>/dev/null
clock
stop=$((now + grace))
while [ -z "$code" ] && lives && [ "$now" -lt $stop ]; do
pause 1
reap
clock
done
}
kill_rest() {
if [ -n "$outside" ]; then kill -KILL "-$pid" "$runner"; else kill -KILL -1; fi 2>/dev/null
reap
}
scrub() {
clock
stop=$((now + limit))
unwatch
kill_rest
pid= shm=/dev/shm$nl/dev/mqueue
if [ -n "$outside" ]; then shm=$outside/shm; else
set +f
while set -- /proc/[0-9]* && [ $# -gt 1 ]; do
kill_rest
in_time 'processes that cannot be killed are left'
pause 0.02
done
clear_devices
set -f
for name in shm sem msg; do
[ ! -r "/proc/sysvipc/$name" ] || ! { read -r line && read -r line; } <"/proc/sysvipc/$name" ||
fail 78 "cannot scrub: System V IPC objects ($name) are left"
done
fi
for dir in $files $dirs $shm "$B/state"; do
[ ! -f "$dir" ] || true >"$dir" || fail 78 "cannot scrub: $dir cannot be emptied"
[ -d "$dir" ] || continue
{ empty "$dir" || { "$BB" chmod -R u+rwX "$dir" && empty "$dir"; }; } >/dev/null 2>&1 &
name=$!
while kill -0 "$name" 2>/dev/null; do
in_time "$dir took too long"
pause 0.1
reap
done
set +f
for line in "$dir"/* "$dir"/.[!.]* "$dir"/..?*; do
[ ! -e "$line" ] && [ ! -L "$line" ] || fail 78 "cannot scrub: $line cannot be removed"
done
set -f
done
in_time 'it took too long'
dirty=
note_start
}
note_start() { printf '%s\\n' "$starts" >"$B/state/starts" || fail 78 "cannot write $B/state: mount a writable emptyDir there"; }
note_devices() {
set +f
set -- /dev/* /dev/.[!.]*
set -f
devices=$nl$*$nl
}
clear_devices() {
for line in /dev/* /dev/.[!.]*; do
case $devices in *"$nl$line$nl"*) ;; *) "$BB" rm -rf "$line" || fail 78 "cannot scrub: $line cannot be removed" ;; esac
done
}
in_time() { # MESSAGE
clock
[ "$now" -lt $stop ] || fail 78 "cannot scrub within $limit s: $1"
}
empty() { # FOLDER: false when find failed; -exec + does not say whether rm did
"$BB" find "$1" -mindepth 1 -maxdepth 1 -exec "$BB" rm -rf {} + && [ -z "$("$BB" ls -A "$1")" ]
}
usage='usage: latch exec FILES -- COMMAND... | supervise FILES GRACE SCRUB_DEADLINE [DIR...] -- COMMAND... | probe PASS|FAIL [SECONDS] -- COMMAND...'
[ "\${1-}" != --outside ] || { outside=\${2-} && shift 2; }
[ $# -gt 3 ] || fail 64 "$usage"
mode=$1
case $mode in
exec) files=$2 && shift 2 ;;
supervise)
files=$2 grace=$3 limit=$4 && shift 4
while [ $# -gt 0 ] && [ "$1" != -- ]; do dirs=$dirs$1$nl && shift; done
[ -n "$outside" ] || [ $$ = 1 ] || fail 78 'supervise must be the first process: not with hostPID or shareProcessNamespace'
;;
probe)
verdict=$2 && shift 2
[ "$1" = -- ] || { grace=$1 && shift; }
;;
run) parent=$2 && shift 2 ;;
*) fail 64 "$usage" ;;
esac
[ "\${1-}" = -- ] && [ $# -gt 1 ] || fail 64 "$usage"
shift
case $mode in
run)
run "$@"
exit
;;
probe)
line=
[ ! -r "$B/state/open" ] || read -r line <"$B/state/open"
ends=\${line:+$((line + grace))}
clock
[ -n "$ends" ] && [ "$now" -ge "$ends" ] || { [ "$verdict" = PASS ] && exit 0 || exit 1; }
launch $$ "$@"
;;
esac
"$BB" rm -f "$B/state/open"
open_events
[ ! -r "$B/state/starts" ] || read -r starts <"$B/state/starts"
case $starts in '' | *[!0-9]*) starts=0 ;; esac
starts=$((starts + 1))
note_start
trap reap CHLD
trap 'on_signal TERM 15' TERM
trap 'on_signal INT 2' INT
trap 'on_signal HUP 1' HUP
trap 'on_signal QUIT 3' QUIT
trap 'on_signal USR1 10' USR1
trap 'on_signal USR2 12' USR2
trap 'on_signal WINCH 28' WINCH
if [ "$mode" = exec ]; then
watch
await
open
unwatch
launch $$ "$@"
fi
note_devices
if [ -r "$B/state/dirty" ]; then
read -r dirty <"$B/state/dirty"
dirty=\${dirty:-!}
fi
while :; do
watch
await
[ -z "$token" ] || { open && supervise "$@"; }
scrub
done`;

/** What the init container runs, as `sh -c latchInstaller FOLDER latchScript`. */
export const latchInstaller = `set -eu
busybox=/bin/busybox
[ -x "$busybox" ] || busybox=$(command -v busybox) || { echo 'latch: this image has no busybox' >&2; exit 78; }
! "$busybox" grep -q '\\.so' /proc/self/maps || { echo 'latch: the busybox of this image is not static: use one that is' >&2; exit 78; }
"$busybox" cp "$busybox" "$0/busybox"
printf '%s\\n' "$1" >"$0/latch"
"$busybox" chmod 0755 "$0/busybox" "$0/latch"`;
