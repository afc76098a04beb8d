import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY, type Release } from '../release.ts'
import { commandPage } from './command-page.ts'
import type { Edition } from './man-text.ts'
import { settingsPage } from './settings-page.ts'

/** The manual: each page by its file name, as rcron.1. */
export async function manualPages({ version, epoch }: Release): Promise<Readonly<Record<string, string>>> {
  const edition: Edition = { version, date: new Date(epoch * 1000).toISOString().slice(0, 10) }
  return {
    'rcron.1': await commandPage(edition),
    'rcron.5': settingsPage(edition),
    'rcron-schedule.7': written('rcron-schedule.7', edition),
    'rcron.8': written('rcron.8', edition),
  }
}

function written(name: string, { version, date }: Edition): string {
  const text = readFileSync(join(REPOSITORY, 'packaging/manual', name), 'utf8')
  return text.replaceAll('@VERSION@', version).replaceAll('@DATE@', date)
}
