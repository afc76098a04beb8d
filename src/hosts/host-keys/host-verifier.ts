/**
 * Makes a `hostVerifier` for one connection of ssh2 out of a judgement. ssh2 takes everything but `false` for consent; here a judgement
 * that resolves with `true` alone is consent, and one that fails is a refusal. The key that was accepted is not judged again with each
 * later exchange of keys, as OpenSSH does it: ssh2 loses the connection if it has to wait then. A judgement that comes when `isOver`
 * says that the connection is over is passed to nobody: ssh2 would throw.
 */
export function hostVerifier(
  judge: (key: Buffer) => Promise<unknown>,
  isOver: () => boolean,
): (key: Buffer, verify: Verify) => true | undefined {
  let accepted: Buffer | null = null
  const judged = async (key: Buffer, verify: Verify) => {
    const isPermitted = await isConsent(judge, key)
    if (isPermitted) accepted = key
    if (!isOver()) verify(isPermitted)
  }
  return (key, verify) => {
    if (accepted?.equals(key)) return true
    void judged(Buffer.from(key), verify)
    return undefined
  }
}

type Verify = (isPermitted: boolean) => void

async function isConsent(judge: (key: Buffer) => Promise<unknown>, key: Buffer): Promise<boolean> {
  try {
    return (await judge(key)) === true
  } catch {
    return false
  }
}
