import { SecretFault } from './secret-fault.ts'
import { shellWord } from './shell-word.ts'

/** Where a key stands: `the key file /path`, `the value of env:NAME`, `the key`. */
export type KeyPlace = { readonly what: string; readonly path: string | null }

/** What is wrong with a private key. */
export type KeyFaultKind =
  | 'passphrase-missing'
  | 'passphrase-wrong'
  | 'cipher'
  | 'putty'
  | 'public'
  | 'certificate'
  | 'type'
  | 'damaged'
  | 'none'

const EXPECTED = 'expected an RSA, ECDSA (256, 384, 521) or Ed25519 private key'

/** Why a key cannot be used, and the command that fixes it. `detail` is a type or a cipher. */
export function keyFault(kind: KeyFaultKind, { what, path }: KeyPlace, detail = ''): SecretFault {
  const file = path === null ? 'KEY' : shellWord(path)
  const [message, hint] = describe(kind, { what, file, detail })
  return new SecretFault(kind.startsWith('passphrase') ? 'passphrase' : 'password', message, hint)
}

type Told = { readonly what: string; readonly file: string; readonly detail: string }

function describe(kind: KeyFaultKind, { what, file, detail }: Told): readonly [message: string, hint: string] {
  switch (kind) {
    case 'passphrase-missing':
      return [
        `${what} is encrypted and no passphrase is stored, expected the one that opens it`,
        `store it as the auth's passphrase, or remove the encryption: ssh-keygen -p -N '' -f ${file}`,
      ]
    case 'passphrase-wrong':
      return [
        `the passphrase does not open ${what}`,
        `try it with ssh-keygen -y -f ${file}; set another with ssh-keygen -p -f ${file}`,
      ]
    case 'cipher':
      return [
        `${what} is encrypted in a way that rcron cannot open${detail === '' ? '' : ` (${detail})`}`,
        `encrypt it again: ssh-keygen -p -m PEM -f ${file}; or, for an old PKCS#8 key, openssl pkcs8 -provider legacy -provider ` +
          `default -in ${file} | openssl pkcs8 -topk8 -v2 aes256 -out NEWKEY`,
      ]
    case 'putty':
      return [`${what} is a PuTTY key, ${EXPECTED}`, `convert it: puttygen ${file} -O private-openssh-new -o NEWKEY`]
    case 'public':
      return [`${what} is a public key, ${EXPECTED}`, 'give the private half: the file of the same name without .pub']
    case 'certificate':
      return [`${what} is a certificate, ${EXPECTED}`, 'give the private key that belongs to it']
    case 'type':
      return [`${what} is a key of type ${detail}, ${EXPECTED}`, 'make another: ssh-keygen -t ed25519 -f NEWKEY']
    case 'damaged':
      return [
        `${what} is cut short or damaged, ${EXPECTED}`,
        `try it with ssh-keygen -y -f ${file}; if that reads it, ssh-keygen -p -m PEM -f ${file} writes it in a form that rcron reads`,
      ]
    case 'none':
      return [
        `${what} contains no key, ${EXPECTED}`,
        'give a password kept in a file as file:/path; store one that begins with / or ~/ sealed (--seal), or give it by env:, file: or credential:',
      ]
    default:
      return kind satisfies never
  }
}
