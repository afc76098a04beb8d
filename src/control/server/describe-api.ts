import * as z from 'zod'
import { FAULTS } from '../faults.ts'
import { PROOF_HEADER, SUDO_HEADER } from '../proof-names.ts'
import { ENDPOINTS, type Endpoint } from './endpoints.ts'

type Schema = Readonly<Record<string, unknown>>

/** What says who asks, of whatever changes something. */
const PROOFS: readonly Schema[] = [
  {
    name: PROOF_HEADER,
    in: 'header',
    required: true,
    description: 'The challenge that was met',
    schema: { type: 'string' },
  },
  {
    name: SUDO_HEADER,
    in: 'header',
    required: false,
    description: 'For whom root, or the account of the daemon, asks',
    schema: { type: 'string' },
  },
]

const FAULT = z.object({
  error: z.object({
    code: z.enum(Object.keys(FAULTS) as [string, ...string[]]),
    message: z.string(),
    hint: z.string().nullable(),
  }),
})

/** The interface in the words of OpenAPI. */
export function describeApi(version: string, root: string): Schema {
  const byPath = Map.groupBy(ENDPOINTS, ({ path }) => path)
  return {
    openapi: '3.1.0',
    info: {
      title: 'rcron',
      version,
      description: 'What a running rcron daemon can be asked and told, on its sockets.',
    },
    servers: [{ url: root }],
    paths: Object.fromEntries(
      [...byPath].map(([path, endpoints]) => [
        path,
        Object.fromEntries(endpoints.map((endpoint) => [endpoint.method, describeEndpoint(endpoint)])),
      ]),
    ),
  }
}

function describeEndpoint({ summary, method, asked, answer }: Endpoint): Schema {
  return {
    summary,
    parameters: [
      ...parametersOf(asked.params, 'path'),
      ...parametersOf(asked.query, 'query'),
      ...(method === 'post' ? PROOFS : []),
    ],
    ...(method === 'post' && { requestBody: { required: true, content: jsonOf(asked.body, 'input') } }),
    responses: {
      200: { description: summary, content: jsonOf(answer, 'output') },
      default: { description: 'It is not done', content: jsonOf(FAULT, 'output') },
    },
  }
}

function parametersOf(schema: z.ZodObject, where: 'path' | 'query'): readonly Schema[] {
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, Schema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...of }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: of,
  }))
}

function jsonOf(schema: z.ZodObject, io: 'input' | 'output'): Schema {
  return { 'application/json': { schema: jsonSchemaOf(schema, io) } }
}

function jsonSchemaOf(schema: z.ZodObject, io: 'input' | 'output'): Schema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io })
  return described
}
