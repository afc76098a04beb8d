#!/bin/sh
set -e

# An upgrade leaves the daemon at work until the new one is there. Commands that run when it stops go on on their hosts.
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop rcron.service >/dev/null || true
fi
