import type { Plugin } from 'esbuild'

/** Native addons are left out: ssh2 goes without them where they cannot be loaded. */
export const withoutAddons: Plugin = {
  name: 'without-addons',
  setup(build) {
    build.onResolve({ filter: /^cpu-features$|\.node$/ }, ({ path }) => ({ path, namespace: 'addon' }))
    build.onLoad({ filter: /.*/, namespace: 'addon' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is left out`)})`,
    }))
  },
}
