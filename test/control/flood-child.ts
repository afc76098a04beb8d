import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { setImmediate } from 'node:timers/promises'

/** Asks the daemon at the socket so often at once, and prints how often each status, or code of an error, was the answer. */
const [socketPath = '', path = '', times = '0'] = process.argv.slice(2)

async function ask(): Promise<string> {
  const asked = request({ socketPath, path, headers: { host: 'localhost' }, agent: false })
  asked.end()
  try {
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    await once(response.resume(), 'end')
    return String(response.statusCode)
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

// What is connected is sent before more is: a process that only connects for seconds is cut off, and floods nobody.
const asking: Promise<string>[] = []
while (asking.length < Number(times)) {
  asking.push(ask())
  if (asking.length % 50 === 0) await setImmediate()
}
const answers = await Promise.all(asking)
const counts = Object.groupBy(answers, (it) => it)
console.log(JSON.stringify(Object.fromEntries(Object.entries(counts).map(([code, all = []]) => [code, all.length]))))
