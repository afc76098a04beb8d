/** What a text is, judged by its first and last lines alone. */
export type KeyText =
  | { readonly kind: 'openssh' | 'pem' | 'putty-2'; readonly text: string; readonly encrypted: boolean }
  | { readonly kind: 'putty-3' | 'public' | 'certificate' | 'cut-short' | 'none' }

const PRIVATE_BLOCK = /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/

/** Whether a text is key material, whole or broken, private or public: whatever it is, it is no password. */
export function looksLikeKey(text: string): boolean {
  return sniffKey(text).kind !== 'none'
}

/** Says what kind of key a text holds. Windows line ends, escaped newlines and lost final newlines are fixed. */
export function sniffKey(raw: string): KeyText {
  const text = mendLines(raw)
  const block = PRIVATE_BLOCK.exec(text)
  if (block !== null) return privateKey(block[0], block[1] ?? '')
  if (/^PuTTY-User-Key-File-[13-9]:/.test(text)) return { kind: 'putty-3' }
  if (text.startsWith('PuTTY-User-Key-File-2:')) {
    return { kind: 'putty-2', text, encrypted: !/^Encryption: none$/m.test(text) }
  }
  if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text)) return { kind: 'cut-short' }
  if (/^(ssh-|ecdsa-sha2-|sk-)[\w@.-]+ AAAA|^-----? ?BEGIN (SSH2 |RSA |EC )?PUBLIC KEY/.test(text))
    return { kind: 'public' }
  if (/^-----BEGIN [A-Z0-9 ]*CERTIFICATE/.test(text)) return { kind: 'certificate' }
  return /^-----BEGIN /.test(text) ? { kind: 'cut-short' } : { kind: 'none' }
}

function privateKey(block: string, label: string): KeyText {
  const text = `${block}\n`
  if (label === 'OPENSSH ') return { kind: 'openssh', text, encrypted: isEncryptedOpenSsh(block) }
  return { kind: 'pem', text, encrypted: label === 'ENCRYPTED ' || /^Proc-Type: *4, *ENCRYPTED/m.test(block) }
}

/** The cipher's name stands right behind the magic; where that is missing, the key is damaged. */
function isEncryptedOpenSsh(block: string): boolean {
  const data = Buffer.from(block.replace(/-----[^-]+-----/g, ''), 'base64')
  const magic = 'openssh-key-v1\0'
  const [head, cipher] = [data.subarray(0, magic.length), data.subarray(magic.length + 4, magic.length + 8)]
  return head.toString('latin1') === magic && cipher.toString('latin1') !== 'none'
}

/** Keys that went through environment variables and forms have lost their newlines in one of a few ways. */
function mendLines(raw: string): string {
  const text = raw.replace(/^\uFEFF/, '').trim()
  if (!text.startsWith('-----BEGIN ')) return text.replace(/\r\n?/g, '\n')
  const lines = text.includes('\n') ? text : text.replaceAll('\\r', '').replaceAll('\\n', '\n')
  return lines.includes('\n') ? trimLines(lines) : breakLines(lines)
}

function trimLines(text: string): string {
  return text.replace(/[ \t]*\r?\n[ \t]*|\r/g, '\n')
}

/** One line with blanks where the newlines were; a header (`Proc-Type:`) cannot be recognized there, and is left alone. */
function breakLines(text: string): string {
  const [, begin, body = '', end] = /^(-----BEGIN [A-Z0-9 ]+-----)([^:]*)(-----END [A-Z0-9 ]+-----)$/.exec(text) ?? []
  return begin === undefined ? text : `${begin}\n${body.trim().replace(/\s+/g, '\n')}\n${end}`
}
