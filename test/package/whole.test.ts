import { after, describe } from 'node:test'
import { rpmRows } from './rows/rpm.ts'
import { wholeRows } from './rows/whole.ts'
import { makePackages } from './support/packages.ts'

// lintian wants a .deb to be compressed; these rows work on the packages' files, and take this process for as long.
const packages = await makePackages(['-Zxz', '-z0'])

describe('the packages', { concurrency: 1 }, () => {
  after(() => packages.remove())

  wholeRows(packages)
  rpmRows(packages)
})
