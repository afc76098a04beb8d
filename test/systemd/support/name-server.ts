import { createSocket } from 'node:dgram'
import { argv } from 'node:process'

/**
 * Answers every question for an IPv4 address with 127.0.0.1, and every other with "no such record": as much of a name
 * server as shows that names are resolved over the network. `node name-server.ts PORT`
 */
const HEADER_BYTES = 12
const TYPE_A = 1

function answer(query: Buffer): Buffer {
  const questionEnd = query.indexOf(0, HEADER_BYTES) + 5
  const question = query.subarray(HEADER_BYTES, questionEnd)
  const found = question.readUInt16BE(question.length - 4) === TYPE_A
  const header = Buffer.from(query.subarray(0, HEADER_BYTES))
  header.writeUInt16BE(0x8180, 2) // An answer without error, recursion available.
  header.writeUInt16BE(found ? 1 : 0, 6)
  header.writeUInt32BE(0, 8)
  const record = Buffer.from('c00c00010001000000000004' + '7f000001', 'hex')
  return Buffer.concat(found ? [header, question, record] : [header, question])
}

const socket = createSocket('udp4')
socket.on('message', (query, asker) => socket.send(answer(query), asker.port, asker.address))
socket.bind(Number(argv[2]), '127.0.0.1')
