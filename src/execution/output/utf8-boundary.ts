/** How many bytes at the end of `bytes` begin a UTF-8 character that is not complete yet: 0 to 3. */
export function incompleteTail(bytes: Buffer): number {
  const looked = Math.min(3, bytes.length)
  for (let back = 1; back <= looked; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (isContinuation(byte)) continue
    return lengthOf(byte) > back ? back : 0
  }
  return 0
}

/** How many bytes at the start of `bytes` continue a character that began before: 0 to 3. */
export function continuedHead(bytes: Buffer): number {
  let count = 0
  while (count < 3 && isContinuation(bytes[count] ?? 0)) count++
  return count
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** The length of the character that `lead` begins; 1 where it begins none. */
function lengthOf(lead: number): number {
  if (lead >= 0xf5 || lead < 0xc2) return 1
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}
