import * as z from 'zod'
import { FAULTS } from '../faults.ts'
import { PROOF_HEADER, SUDO_HEADER } from '../proof-names.ts'
import { ENDPOINTS, type Endpoint } from './endpoints.ts'
import { FEED_TYPE } from './event-stream.ts'

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

const LAST_EVENT: Schema = {
  name: 'last-event-id',
  in: 'header',
  required: false,
  description: 'The id of the last event that who asks has',
  schema: { type: 'string' },
}

const JSON_TYPE = 'application/json'

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

function describeEndpoint({ summary, method, asked, answer, isFeed, path }: Endpoint): Schema {
  return {
    summary,
    parameters: [
      ...parametersOf(asked.params, 'path'),
      ...parametersOf(asked.query, 'query'),
      ...(method === 'post' ? PROOFS : []),
      ...(path === '/events' ? [LAST_EVENT] : []),
    ],
    ...(method === 'post' && { requestBody: { required: true, content: contentOf(JSON_TYPE, asked.body, 'input') } }),
    responses: {
      200: { description: summary, content: contentOf(isFeed ? FEED_TYPE : JSON_TYPE, answer, 'output') },
      default: { description: 'It is not done', content: contentOf(JSON_TYPE, FAULT, 'output') },
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

/** Of a feed, the schema of what each event has as its data. */
function contentOf(type: string, schema: z.ZodType, io: 'input' | 'output'): Schema {
  return { [type]: { schema: jsonSchemaOf(schema, io) } }
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io })
  return described
}
