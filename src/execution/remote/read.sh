# Runs an encoded script (see encode.ts): first of all that is sent, each line of this one command, and none with a character that some login
# shell reads something into. What is sent stands in the environment, so that no process shows it in its arguments, and is taken out of
# it before the script begins: RCRON_K SCRIPT_KEYS, RCRON_S the script, RCRON_A its arguments, RCRON_C the command.
# The script is split at each stand-in and joined by what that stands for: "$*" joins by the first character of IFS, which begins as
# space, tab, newline (POSIX 2.5.3). What stands for a word is joined piece by piece; a START, which must be quick, has none.
# shellcheck disable=SC2034,SC2086
set -f
set -- $RCRON_K
q=$1 b=${2#"${2%?}"} j=$3 x=$RCRON_S i=$IFS
t() { y=$2 IFS=$1; set -- $x; IFS=$y; x="$*"; }
t "${i#?}" "${i#??}"
t Q "$q"
t B "$b"
t J "$j"
IFS=$i
w() { z=$2 IFS=$1; set -- $x; IFS=$i; x=$1; shift; for y; do x=$x$z$y; done; }
case $x in *W*) w W "2>/dev/null"; w Y return ;; esac
set -- $RCRON_A
set +f
command=$RCRON_C
unset RCRON_K RCRON_R RCRON_S RCRON_A RCRON_C
eval "$x"
