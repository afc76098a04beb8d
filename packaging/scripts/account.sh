# The account, the directories and the key that the service cannot be without.
provide_account() {
  systemd-sysusers rcron.conf
  systemd-tmpfiles --create rcron.conf || true
}

# The key is on the disk, whole, before it has its name.
provide_cache_key() {
  key=/etc/rcron/cache-key
  [ -e "$key" ] && return
  (umask 077 && head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$key.new" && sync "$key.new")
  mv "$key.new" "$key"
}
