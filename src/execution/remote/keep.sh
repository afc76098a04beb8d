# What START needs to keep output. Joined between spool.sh and start.sh.

# The first 64 KiB of a stream and not a byte more: a head that reads ahead, as that of busybox and the BSDs does, loses what follows.
first_bytes() {
  case $(head --version 2>/dev/null </dev/null) in
  *GNU*) head -c 65536 ;;
  *) dd bs=1 count=65536 2>/dev/null ;;
  esac
}

# Passes on as much as the connection takes; fails when that ended first. ksh93 now and then calls a cat successful that died of it, and
# so is not believed.
pass_on() {
  cat && case ${KSH_VERSION-} in Version*) false ;; esac
}
