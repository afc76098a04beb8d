import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type CertificateFiles = { readonly caFile: string; readonly certFile: string; readonly keyFile: string }

/** `nameless`: the name stands in the subject alone, as in the certificates that MySQL makes for itself. */
export type CertificateFlaw = 'expired' | 'self-signed' | 'nameless'

/** Makes an authority in `folder`, and a certificate that it signed for `name`, good for a month but for its `flaw`. */
export function makeCertificates(folder: string, name: string, flaw: CertificateFlaw | null = null): CertificateFiles {
  const file = (base: string) => join(folder, base)
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-days',
    '30',
    '-subj',
    '/CN=test authority',
  )
  openssl('req', ...newKey, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', `/CN=${name}`)
  writeFileSync(file('names'), flaw === 'nameless' ? '' : `subjectAltName=DNS:${name}\n`)
  const authority = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial']
  openssl(
    'x509',
    ...['-req', '-in', file('server.csr')],
    ...(flaw === 'self-signed' ? ['-signkey', file('server.key')] : authority),
    ...['-out', file('server.pem'), '-days', flaw === 'expired' ? '-1' : '30', '-extfile', file('names')],
  )
  return { caFile: file('ca.pem'), certFile: file('server.pem'), keyFile: file('server.key') }
}
