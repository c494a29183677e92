# What the init container runs, as sh -c THIS FOLDER SCRIPT: puts its own busybox and the latch into FOLDER.
set -eu
busybox=/bin/busybox
[ -x "$busybox" ] || busybox=$(command -v busybox) || { echo 'latch: this image has no busybox' >&2; exit 78; }
# the copy must run where there are no libraries: ours maps none
! "$busybox" grep -q '\.so' /proc/self/maps || { echo 'latch: the busybox of this image is not static: use one that is' >&2; exit 78; }
"$busybox" cp "$busybox" "$0/busybox"
printf '%s\n' "$1" >"$0/latch"
"$busybox" chmod 0755 "$0/busybox" "$0/latch"
