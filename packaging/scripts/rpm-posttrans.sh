# A daemon that runs is replaced by the new one, which finds its runs again. One that was stopped stays so.
if [ -d /run/systemd/system ]; then systemctl --quiet try-restart rcron.service || true; fi
