/** Whether rcron has started since the machine's last boot. */
export interface BootMark {
  /** True exactly once after each boot: the answer is on disk before it is given. False where it cannot be known or kept; logs why. */
  firstStartSinceBoot(): Promise<boolean>
}
