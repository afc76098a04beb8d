/** The name of its system, else its host, without the port that nearly all have. */
export function nameOfHost(fields: Readonly<Record<string, unknown>>): string {
  return String(fields['host_name'] ?? fields['host'] ?? '-').replace(/^([^[\]:]+):22$/, '$1')
}
