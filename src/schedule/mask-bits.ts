/** The numbers of the bits that are set, rising. */
export function bitsOf(mask: number): readonly number[] {
  const bits: number[] = []
  for (let bit = 0; bit < 32; bit += 1) if (((mask >>> bit) & 1) === 1) bits.push(bit)
  return bits
}
