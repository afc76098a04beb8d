/** A question that a host asks at login (keyboard-interactive). */
export type HostPrompt = { readonly prompt: string; readonly echo?: boolean | undefined }

/** As hosts ask for a password, in the languages of their login programs. */
const PASSWORD =
  /pass ?(word|phrase|wort|ord)|kennwort|mot de passe|contrase[nñ]a|clave|senha|palavra-passe|wachtwoord|has[lł]o|l[oö]senord|adgangskode|salasana|heslo|jelsz[oó]|parol|пароль|şifre|parola|密码|密碼|パスワード|암호|비밀번호/iu

/** What is something else by the same word: a new one to choose, or one that is good once. */
const ANOTHER =
  /one[- ]?time|otp|token|verification|passcode|\bcode\b|\bpin\b|\bnew\b|retype|re-enter|again|repeat|change/iu

/**
 * Why a password may not answer `prompt`, in words that name it; null where it may. An answer that is shown may stand on a screen or in a
 * log there, and who asks for something else has no use for it. `instruction` counts where the prompt itself says nothing.
 */
export function whyNotAnswered({ prompt, echo }: HostPrompt, instruction: string): string | null {
  const question = prompt.trim() === '' ? instruction : prompt
  const quoted = JSON.stringify(question.slice(0, 80))
  if (echo === true) return `it asks ${quoted} and would show the answer, and a password answers hidden prompts alone`
  if (PASSWORD.test(question) && !ANOTHER.test(question)) return null
  return `it asks ${quoted}, which is not for a password, and nothing else can be answered`
}
