/** A host as lists name it: `db1:22`, `[::1]:22`. */
export function describeHostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The two parts of what `describeHostPort` makes; null if the text has another form. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } | null {
  const { v6, name, port } = /^(?:\[(?<v6>[^[\]]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {}
  const host = v6 ?? name
  return host === undefined || port === undefined ? null : { host, port: Number(port) }
}
