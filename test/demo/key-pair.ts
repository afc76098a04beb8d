import ssh2 from 'ssh2'

/**
 * A key pair in OpenSSH's format, for a host or a login of the demonstration.
 *
 * Not Ed25519: ssh2 1.17 drops the leading zero bytes of such a public key (`lib/keygen.js`), and one in 256 is a key
 * that it refuses as malformed.
 */
export function aKeyPair(): { readonly private: string; readonly public: string } {
  return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
}
