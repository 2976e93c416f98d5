// Runs named checks one after another and says how each went; the exit status is 1 if any failed.
export async function runChecks(checks) {
  let failed = 0
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check()
      console.log('ok  ', name)
    } catch (error) {
      failed++
      console.log('FAIL', name, error)
    }
  }
  process.exit(failed ? 1 : 0)
}

export async function collect(stream) {
  const all = []
  for await (const item of stream) all.push(item)
  return all
}

export const user = (content) => [{ role: 'user', content }]

export const WEATHER = {
  type: 'object',
  properties: {
    city: { type: 'string', enum: ['Oslo', 'Rome'] },
    days: { type: 'integer', minimum: 1, maximum: 9 },
    dry: { type: 'boolean' },
  },
  required: ['city', 'days', 'dry'],
  additionalProperties: false,
}

export function assertWeather(value) {
  if (!['Oslo', 'Rome'].includes(value.city)) throw new Error(`no city: ${JSON.stringify(value)}`)
  if (!Number.isInteger(value.days) || value.days < 1 || value.days > 9)
    throw new Error(`no days: ${value.days}`)
  if (typeof value.dry !== 'boolean' || Object.keys(value).length !== 3)
    throw new Error('no weather')
}
