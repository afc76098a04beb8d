/** The boot of the machine during which rcron was started last, kept across restarts. */
export interface BootMark {
  /** The machine's present boot where it is not the one that was kept last; null also where it cannot be known. Never rejects. */
  newBoot(): Promise<string | null>
  /** On disk when it resolves. False if it cannot be kept; logs why. Never rejects. */
  keep(boot: string): Promise<boolean>
}
