/**
 * Makes a `hostVerifier` for ssh2 out of a judgement. ssh2 takes everything but `false` for consent; here a judgement that resolves with
 * `true` alone is consent, and one that fails is a refusal.
 */
export function hostVerifier(judge: (key: Buffer) => Promise<unknown>): (key: Buffer, verify: Verify) => void {
  return (key, verify) => void isConsent(judge, key).then(verify)
}

type Verify = (isPermitted: boolean) => void

async function isConsent(judge: (key: Buffer) => Promise<unknown>, key: Buffer): Promise<boolean> {
  try {
    return (await judge(key)) === true
  } catch {
    return false
  }
}
