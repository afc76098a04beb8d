/**
 * Makes a `hostVerifier` for ssh2 out of a judgement. ssh2 takes everything but `false` for consent, a promise and null
 * included; here only `true` is consent, and a judgement that throws is a refusal, told to `onThrow`.
 */
export function hostVerifier(
  judge: (key: Buffer) => unknown,
  onThrow: (error: unknown) => void = () => {},
): (key: Buffer) => boolean {
  return (key) => {
    let answer: unknown
    try {
      answer = judge(key)
    } catch (error) {
      onThrow(error)
    }
    return answer === true
  }
}
