if [ "$1" -eq 0 ]; then
  systemctl --quiet disable rcron.service || true
  if [ -d /run/systemd/system ]; then systemctl --quiet stop rcron.service || true; fi
fi
