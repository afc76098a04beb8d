/** The macros that stand for five fields. */
export const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

/** Once after each boot of rcron's machine. */
export const REBOOT = '@reboot'

/** Every macro, for messages. */
export const MACRO_NAMES: readonly string[] = [...Object.keys(MACROS), REBOOT]
