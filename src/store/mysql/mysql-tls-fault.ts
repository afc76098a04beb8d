import { codeOrNull } from '../../platform/error-code.ts'
import type { FaultKind } from '../sql/database-fault.ts'

type TlsReading = { readonly kind: FaultKind; readonly found: string; readonly hint: string }

const CHECK_CA = 'give RCRON_DATABASE_SSL_CA the authority that signed it'
const SELF_MADE =
  'the certificates that MySQL generates carry no host name and are never accepted: give the server one for its name'
const CHECK_CERT =
  'check RCRON_DATABASE_SSL_CERT and _KEY, and what the server requires of a client (ssl_ca, REQUIRE X509)'

/** OpenSSL's and Node's own words, none of which holds a value, and what they mean of a server's certificate. */
const BY_REASON: readonly (readonly [RegExp, string, string])[] = [
  [/has expired/, 'it has expired', 'renew it on the server, and compare the clocks of both machines'],
  [/not yet valid/, 'it is not valid yet', 'compare the clocks of both machines'],
  [
    /self-signed|issuer certificate|first certificate/,
    'it is not signed by the given authority',
    `${CHECK_CA}; ${SELF_MADE}`,
  ],
]

/** By the alert that the server sends, as Node names it in a code or OpenSSL in a message. */
const BY_ALERT: readonly (readonly [RegExp, string, string])[] = [
  [/certificate[ _]required/i, 'the server requires a client certificate of rcron', CHECK_CERT],
  [
    /(bad|unknown|unsupported|revoked|expired)[ _](certificate|ca)|certificate[ _](unknown|revoked|expired)/i,
    'the server does not accept the client certificate of rcron',
    CHECK_CERT,
  ],
  [
    /protocol[ _]version|unsupported[ _]protocol/i,
    'the server supports no recent TLS',
    'enable TLS 1.2 or newer on the server (tls_version)',
  ],
  [
    /alert|handshake[ _]failure/i,
    'the server aborted the TLS handshake',
    `check the error log of the server;  ${CHECK_CERT}`,
  ],
]

/** What an error of the TLS layer means, whether it is about the server's certificate or came from the server; null for any other. */
export function tlsReadingOf(error: unknown): TlsReading | null {
  if (!(error instanceof Error)) return null
  const code = codeOrNull(error) ?? ''
  if (code !== 'HANDSHAKE_SSL_ERROR' && !/^ERR_(SSL|TLS)_/.test(code)) return null
  const certificate = BY_REASON.find(([pattern]) => pattern.test(error.message))
  if (certificate !== undefined) return refused(certificate[1], certificate[2])
  if (/altname|does not match/i.test(error.message)) return refused(...otherNames(error))
  const alert = BY_ALERT.find(([pattern]) => pattern.test(`${code} ${error.message}`))
  if (alert !== undefined) return { kind: 'untrusted', found: alert[1], hint: alert[2] }
  return refused('for an unknown reason', CHECK_CA)
}

function refused(why: string, hint: string): TlsReading {
  return { kind: 'untrusted', found: `the server's certificate is not accepted: ${why}`, hint }
}

function otherNames(error: Error): readonly [string, string] {
  const certificate: unknown = 'cert' in error ? error.cert : null
  const names = namesIn(certificate)
  if (names === '' || /_Auto_Generated_Server_Certificate/.test(names)) return ['it carries no host name', SELF_MADE]
  const wanted = 'host' in error && typeof error.host === 'string' ? `, not for ${error.host}` : ''
  return [
    `it is for ${names}${wanted}`,
    'use that name in RCRON_DATABASE_URL, or give the server a certificate for its own',
  ]
}

/** What is no part of a host name is left out: the text is the server's. */
function namesIn(certificate: unknown): string {
  if (typeof certificate !== 'object' || certificate === null) return ''
  const { subjectaltname, subject } = certificate as { subjectaltname?: unknown; subject?: { CN?: unknown } }
  const text = typeof subjectaltname === 'string' ? subjectaltname : String(subject?.CN ?? '')
  return text.replace(/[^\w.*:, -]/g, '').slice(0, 200)
}
