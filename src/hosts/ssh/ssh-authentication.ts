import type { AnyAuthMethod, Prompt } from 'ssh2'
import type { Credential } from '../../secrets/credential.ts'

/** The next thing to try; null if there is nothing left, with the reason why. */
export type NextMethod = { readonly method: AnyAuthMethod } | { readonly method: null; readonly reason: string }

/**
 * One login's way through the methods that its host asks for. Every secret is offered once: a host that counts failed logins
 * sees at most one.
 */
export class Authentication {
  readonly #user: string
  readonly #credential: Credential
  readonly #offered: ('key' | 'password')[] = []
  /** Why the login cannot succeed any more, told by a prompt that cannot be answered. */
  readonly #giveUp: (reason: string) => void

  constructor(user: string, credential: Credential, giveUp: (reason: string) => void) {
    this.#user = user
    this.#credential = credential
    this.#giveUp = giveUp
  }

  /**
   * `wanted` are the methods with which the host lets the login continue, null before it was asked; `partial` says that it took the
   * last one and asks for more.
   */
  next(wanted: readonly string[] | null, partial: boolean): NextMethod {
    const username = this.#user
    if (this.#credential.kind === 'key') {
      const { key, password } = this.#credential
      if (wanted === null) {
        this.#offered.push('key')
        return { method: { type: 'publickey', username, key } }
      }
      return partial && password !== null ? this.#answer(wanted, password) : this.#refusal(wanted)
    }
    return wanted === null ? { method: { type: 'none', username } } : this.#answer(wanted, this.#credential.password)
  }

  #answer(wanted: readonly string[], password: string): NextMethod {
    if (this.#offered.includes('password')) return this.#refusal(wanted)
    const username = this.#user
    const isDirect = wanted.includes('password')
    if (!isDirect && !wanted.includes('keyboard-interactive')) return this.#refusal(wanted)
    this.#offered.push('password')
    if (isDirect) return { method: { type: 'password', username, password } }
    return { method: { type: 'keyboard-interactive', username, prompt: this.#promptFor(password) } }
  }

  /** Answers one hidden question for a password; any other one, and a second in the same breath or later, ends the login. */
  #promptFor(password: string) {
    let asked = 0
    return (
      _name: string,
      instructions: string,
      _language: string,
      prompts: Prompt[],
      finish: (answers: string[]) => void,
    ) => {
      asked += prompts.length
      const [first] = prompts
      const whyNot = first === undefined ? null : whyNotAnswered(first, instructions)
      if (asked > 1) this.#giveUp(`it asks ${quoted(prompts.at(-1))} too; rcron answers only one question`)
      else if (whyNot !== null) this.#giveUp(whyNot)
      else finish(first === undefined ? [] : [password])
    }
  }

  #refusal(wanted: readonly string[]): NextMethod {
    const accepts = `it accepts ${wanted.length === 0 ? 'nothing' : wanted.map((name) => name.slice(0, 40)).join(', ')}`
    const offered = this.#offered.at(-1)
    const found = offered === undefined ? `the auth has a ${this.#credential.kind}` : `it did not accept the ${offered}`
    return { method: null, reason: `${found}; ${accepts}` }
  }
}

function quoted(prompt: Prompt | undefined): string {
  return JSON.stringify((prompt?.prompt ?? '').slice(0, 80))
}

/** A question that a host asks at login (keyboard-interactive). */
type HostPrompt = { readonly prompt: string; readonly echo?: boolean | undefined }

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
  if (echo === true) return `it asks ${quoted} and would show the answer; rcron answers only hidden prompts`
  if (PASSWORD.test(question) && !ANOTHER.test(question)) return null
  return `it asks ${quoted}, which is not for a password; rcron answers only password prompts`
}
