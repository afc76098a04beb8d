import { connect, type Socket } from 'node:net'

/** Follows a run at a daemon's socket so many times; prints a line when all do, and when all have ended how many bytes came. */
const [, , socketPath = '', run = '', count = '0'] = process.argv

let bytes = 0
let begun = 0
const ask = `GET /api/v1/runs/${run}/output HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

function follow(): Promise<void> {
  const socket: Socket = connect(socketPath, () => socket.write(ask))
  socket.once('data', () => {
    begun += 1
    if (begun === Number(count)) console.log('all follow')
  })
  socket.on('data', (chunk) => {
    bytes += chunk.length
  })
  return new Promise((resolve, reject) => socket.once('close', () => resolve()).once('error', reject))
}

await Promise.all(Array.from({ length: Number(count) }, follow))
console.log(String(bytes))
