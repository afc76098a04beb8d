import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { whyNotAnswered } from '../../../src/hosts/ssh/ssh-authentication.ts'

const ANSWERED = [
  'Password: ',
  'password:',
  "root@db1's password: ",
  '(backup@db1) Password: ',
  'Password for backup@bsd.example:',
  'LDAP Password: ',
  "Enter passphrase for key '/x': ",
  'Passwort: ',
  'Mot de passe : ',
  'Contraseña: ',
  'Пароль: ',
  'パスワード:',
  'Hasło: ',
]
for (const prompt of ANSWERED) {
  test(`a password answers ${prompt} where it is hidden, and not where it would be shown`, () => {
    equal(whyNotAnswered({ prompt, echo: false }, ''), null)
    match(whyNotAnswered({ prompt, echo: true }, '') ?? '', /would show the answer/)
  })
}

const LEFT_ALONE = [
  'Verification code: ',
  'One-time password (OATH) for `backup`: ',
  'OTP: ',
  'Enter PIN: ',
  'New password: ',
  'Retype new password: ',
  'Type anything: ',
  'login as: ',
  'Are you sure (yes/no)? ',
  '',
]
for (const prompt of LEFT_ALONE) {
  test(`a password does not answer ${JSON.stringify(prompt)}, and the prompt is named`, () => {
    const why = whyNotAnswered({ prompt, echo: false }, '') ?? ''
    match(why, /which is not for a password/)
    equal(why.includes(JSON.stringify(prompt)), true)
  })
}

test('an empty prompt asks what the instruction says', () => {
  equal(whyNotAnswered({ prompt: ' ', echo: false }, 'Password required'), null)
})
