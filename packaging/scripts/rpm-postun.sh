if [ -d /run/systemd/system ]; then systemctl --quiet daemon-reload || true; fi
