import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2'

/**
 * What OpenSSH offers by default today, as far as ssh2 speaks it; AES-GCM first, the fastest here. Left out is what lets a server
 * make a handshake dear before its key is looked at: in a group exchange it chooses the prime, which costs half a minute to check,
 * and the group of 8192 bits costs five times what the one of 4096 does.
 */
const MODERN = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} as const satisfies Algorithms

/** What only hosts of long ago need; weak, so never offered unless the system's `legacy_algorithms` is 1. */
const LEGACY = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-md5'],
} as const satisfies Algorithms

/** What is offered to a host in the handshake, best first. */
export function algorithmsFor(serverHostKey: ServerHostKeyAlgorithm[], legacy: boolean) {
  const { kex, cipher, hmac, compress } = MODERN
  const old = legacy ? LEGACY : { kex: [], cipher: [], hmac: [] }
  return {
    kex: [...kex, ...old.kex],
    cipher: [...cipher, ...old.cipher],
    hmac: [...hmac, ...old.hmac],
    compress: [...compress],
    serverHostKey,
  } satisfies Algorithms
}
