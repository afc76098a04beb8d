import { equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { cacheDirectory } from '../../systemd/support/cache-directory.ts'
import type { Packages } from '../support/packages.ts'

/** The root that rpm installs into is a Debian without systemd running, laid over with memory: its packages count for nothing there. */
const ROOT = `
  mount -t tmpfs -o size=2G tmpfs "$work"
  mkdir "$work/upper" "$work/scratch" "$work/root"
  mount -t overlay -o lowerdir="$lower",upperdir="$work/upper",workdir="$work/scratch" overlay "$work/root"
  root=$work/root
  mount -t proc proc "$root/proc"
  rpm_() { rpm --root "$root" --nodeps --nosignature "$@"; }
  fail() { echo "$*"; exit 1; }
`

export function rpmRows(packages: Packages): void {
  const within = (script: string) => {
    const parts = {
      work: '/mnt',
      lower: join(cacheDirectory, 'trixie'),
      first: join(packages.directory, packages.rpm(packages.first)),
      second: join(packages.directory, packages.rpm(packages.second)),
    }
    const bash = ['bash', '-euo', 'pipefail', '-c', `exec 2>&1\n${ROOT}${script}`]
    const { status, stdout } = spawnSync('unshare', ['--mount', ...bash], {
      encoding: 'utf8',
      env: { ...process.env, ...parts },
    })
    return { status, stdout }
  }

  test('rpm installs it, keeps settings, key and state through an upgrade, and leaves the state when it is erased', () => {
    const { status, stdout } = within(`
      rpm_ -i "$first"
      chroot "$root" getent passwd rcron | grep -q /var/lib/rcron || fail 'no account'
      [ "$(stat -c %U:%G:%a "$root/etc/rcron/cache-key")" = root:root:600 ] || fail 'no key'
      [ "$(chroot "$root" stat -c %U:%a /var/lib/rcron)" = rcron:700 ] || fail 'no state'
      rpm_ -V rcron | grep -v -e rcron.env -e '^.......... */etc/rcron' -e ' /etc/rcron$' && fail 'not as packaged'
      key=$(cat "$root/etc/rcron/cache-key")
      echo RCRON_DRAIN_SECONDS=7 >"$root/etc/rcron/rcron.env"
      rpm_ -U "$second"
      grep -q RCRON_DRAIN_SECONDS=7 "$root/etc/rcron/rcron.env" || fail 'other settings'
      [ "$(cat "$root/etc/rcron/cache-key")" = "$key" ] || fail 'another key'
      touch "$root/var/lib/rcron/rcron.db"
      rpm_ -e rcron
      [ ! -e "$root/usr/bin/rcron" ] && [ ! -e "$root/usr/lib/rcron" ] || fail 'not gone'
      [ -e "$root/var/lib/rcron/rcron.db" ] && [ -e "$root/etc/rcron/cache-key" ] || fail 'state is gone'
      grep -q RCRON_DRAIN_SECONDS=7 "$root/etc/rcron/rcron.env.rpmsave" || fail 'settings are gone'
    `)
    equal(status, 0, stdout)
  })

  test('rpm refuses a downgrade below the state that is there, and changes nothing', () => {
    const { status, stdout } = within(`
      rpm_ -i "$second"
      echo '{"format":"rcron-mark-2"}' >"$root/var/lib/rcron/minute-mark.json"
      rpm_ -U --oldpackage "$first" && fail 'it was installed'
      rpm --root "$root" -q rcron
    `)
    equal(status, 0, stdout)
    match(stdout, /cannot go on from the mark of planned minutes.* found format 2/)
    match(stdout, new RegExp(`^rcron-${packages.second.upstream.replaceAll('.', '\\.')}-1\\.`, 'm'))
  })
}
