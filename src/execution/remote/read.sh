# Runs an encoded script (see encode.ts): first of all that is sent, each line of this one command, and none with a character that some login
# shell reads something into. Arguments: SCRIPT_KEYS, the script, and the script's own.
# The script is split at each stand-in and joined by what that stands for: "$*" joins by the first character of IFS, which begins as
# space, tab, newline (POSIX 2.5.3).
# shellcheck disable=SC2086
q=$1 b=${2#"${2%?}"} j=${3%?} x=$4 i=$IFS
shift 4
t() { y=$2 IFS=$1; set -- $x; IFS=$y; x="$*"; }
set -f
t "${i#?}" "${i#??}"
t Q "$q"
t B "$b"
t J "$j"
IFS=$i
set +f
eval "$x"
