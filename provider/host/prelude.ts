/**
 * What every shell is told first: surroundings that do not depend on the login, and the functions
 * that run commands. All names begin with "_", so that they hide no tool.
 */

/** Where commands are, whatever the login says. */
export const SEARCH_PATH = "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";

/** Locks, and output of what starts something long-lived. On the host itself, gone at boot. */
export const RUN_DIRECTORY = "/var/run/pulumi-freebsd";

/**
 * - `_m TAG STATUS`  writes a marker on both streams; `$_n` is the batch's nonce.
 * - `_o TAG WORD…`   runs an observation.
 * - `_r TAG ACCEPT WORD…` runs a required command, unless one before it failed; `ACCEPT` is "0" or
 *   "0,1".
 * - `_b WORD…`       runs a command whose input comes as base64.
 * - `_d WORD…`       runs a command whose output goes by a file.
 * - `_g WORD…`       runs a command for the digest.
 *
 * Commands run in a subshell: a shell function or builtin cannot change the worker, and external
 * commands cost no extra process, as the subshell becomes the command. The output files of `_d` are
 * removed before they are shown, so that nothing stays behind when the shell is killed by SIGPIPE
 * on the way.
 */
export const PRELUDE = `PATH=${SEARCH_PATH}
LC_ALL=C
export PATH LC_ALL
umask 022
cd /
_p=
(set -o pipefail) 2>/dev/null && _p='set -o pipefail'
_m() {
printf '\\n%s %s %s\\n' "$_n" "$1" "$2"
printf '\\n%s %s %s\\n' "$_n" "$1" "$2" >&2
}
_o() {
(shift; "$@")
_m "$1" "$?"
}
_r() {
[ -z "$_f" ] || return 0
(shift 2; "$@")
_s=$?
_m "$1" "$_s"
case ",$2," in
*",$_s,"*) ;;
*) _f=$1 ;;
esac
}
_b() {
$_p
b64decode -r | "$@"
}
_d() {
mkdir -p -m 0700 ${RUN_DIRECTORY} || return
_t=${RUN_DIRECTORY}/$$
("$@") >"$_t.out" 2>"$_t.err"
_s=$?
{ rm -f "$_t.out" "$_t.err"; cat <&3; cat <&4 >&2; } 3<"$_t.out" 4<"$_t.err"
return "$_s"
}
_g() {
("$@") 2>/dev/null
printf '\\n%s\\n' "$?"
}
`;
