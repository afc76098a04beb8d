@include account.sh@
@include by-hand.sh@
provide_account
if [ "$1" -eq 1 ] || [ ! -e /var/lib/rcron/cache.sealed ]; then provide_cache_key; fi
take_over_from_by_hand
case $by_hand$1 in
enabled*) systemctl --quiet enable rcron.service || true ;;
none1) systemctl --quiet preset rcron.service || true ;;
esac
if [ -d /run/systemd/system ]; then systemctl --quiet daemon-reload || true; fi
