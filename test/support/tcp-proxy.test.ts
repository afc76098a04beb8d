import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let echo: Server
let proxy: TcpProxy
const clients: Socket[] = []

before(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
})
after(() => {
  echo.close()
})
beforeEach(async () => {
  proxy = await startTcpProxy({ port: (echo.address() as AddressInfo).port })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
})

async function dial(port = proxy.port): Promise<Socket> {
  const client = connect({ host: '127.0.0.1', port })
  client.on('error', () => {
    // Seen through 'close'.
  })
  clients.push(client)
  await once(client, 'connect')
  return client
}

async function answer(client: Socket, sent: string): Promise<string> {
  client.write(sent)
  const [chunk] = await once(client, 'data')
  return String(chunk)
}

test('bytes and the end of them go both ways', async () => {
  const client = await dial()
  client.end('hello')
  equal(await text(client), 'hello')
})

test('a frozen connection stays open and gets what was held back once it is thawed', async () => {
  const client = await dial()
  equal(await answer(client, 'one'), 'one')

  proxy.freeze()
  const heard: string[] = []
  client.on('data', (chunk) => heard.push(String(chunk)))
  client.write('two')
  const second = await dial()
  second.write('three')
  const aside = await dial((echo.address() as AddressInfo).port)
  for (const sent of ['four', 'five']) equal(await answer(aside, sent), sent)
  deepEqual([heard, proxy.open], [[], 2])

  proxy.thaw()
  const [chunk] = await once(second, 'data')
  equal(String(chunk), 'three')
  while (heard.length === 0) await once(client, 'data')
  deepEqual(heard, ['two'])
})

test('silence keeps new connections from the server and leaves old ones alone', async () => {
  const old = await dial()
  equal(await answer(old, 'one'), 'one')
  proxy.silence()
  const unheard = await dial()
  unheard.write('two')
  equal(await answer(old, 'three'), 'three')
  equal(unheard.bytesRead, 0)

  proxy.thaw()
  const [chunk] = await once(unheard, 'data')
  equal(String(chunk), 'two')
})

test('cut resets what is open and accepts what comes after', async () => {
  const client = await dial()
  equal(await answer(client, 'one'), 'one')
  proxy.cut()
  await new Promise((resolve) => client.once('close', resolve))
  equal(await answer(await dial(), 'two'), 'two')
  equal(proxy.accepted, 2)
})
