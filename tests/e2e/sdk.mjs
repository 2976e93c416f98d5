// The official SDKs against a running server: node sdk.mjs http://127.0.0.1:PORT
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const base = process.argv[2]
const anthropic = new Anthropic({ baseURL: base, apiKey: 'local', maxRetries: 0 })
const openai = new OpenAI({ baseURL: base + '/v1', apiKey: 'local', maxRetries: 0 })
const tool = {
  name: 'Bash',
  description: 'Runs a command.',
  parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
}
const user = (content) => [{ role: 'user', content }]
const checks = {
  async 'Anthropic: a whole message'() {
    const m = await anthropic.messages.create({ model: 'm', max_tokens: 99, messages: user('say hello') })
    assert.equal(m.content[0].text, 'Hello there.')
    assert.equal(m.stop_reason, 'end_turn')
    assert.ok(m.usage.output_tokens > 1 && m.usage.input_tokens + m.usage.cache_read_input_tokens > 5)
  },
  async 'Anthropic: a streamed tool call'() {
    const stream = anthropic.messages.stream({
      model: 'm', max_tokens: 99, messages: user('use the tool'),
      tools: [{ name: tool.name, description: tool.description, input_schema: tool.parameters }],
    })
    const m = await stream.finalMessage()
    const call = m.content.find((b) => b.type === 'tool_use')
    assert.deepEqual(call.input, { command: 'ls' })
    assert.equal(m.stop_reason, 'tool_use')
  },
  async 'Anthropic: counting and models'() {
    const n = await anthropic.messages.countTokens({ model: 'm', messages: user('say hello') })
    assert.ok(n.input_tokens > 5)
    const models = await anthropic.models.list()
    assert.ok(models.data[0].id.length > 0)
    assert.equal((await anthropic.models.retrieve('claude-x')).id, 'claude-x')
  },
  async 'Anthropic: an error has its class'() {
    await assert.rejects(
      anthropic.messages.create({ model: 'm', max_tokens: 9, messages: user('x'.repeat(400000)) }),
      (e) => e instanceof Anthropic.BadRequestError && /prompt is too long: \d+ tokens > \d+ maximum/.test(e.message))
  },
  async 'OpenAI: a whole chat completion'() {
    const c = await openai.chat.completions.create({ model: 'm', messages: user('say hello') })
    assert.equal(c.choices[0].message.content, 'Hello there.')
    assert.equal(c.choices[0].finish_reason, 'stop')
    assert.equal(c.usage.total_tokens, c.usage.prompt_tokens + c.usage.completion_tokens)
  },
  async 'OpenAI: a streamed tool call'() {
    const stream = await openai.chat.completions.create({
      model: 'm', messages: user('use the tool'), stream: true, stream_options: { include_usage: true },
      tools: [{ type: 'function', function: tool }],
    })
    let name = '', args = '', finish, usage
    for await (const chunk of stream) {
      for (const call of chunk.choices[0]?.delta.tool_calls ?? []) {
        name += call.function.name ?? ''
        args += call.function.arguments ?? ''
      }
      finish = chunk.choices[0]?.finish_reason ?? finish
      usage = chunk.usage ?? usage
    }
    assert.equal(name, 'Bash')
    assert.deepEqual(JSON.parse(args), { command: 'ls' })
    assert.equal(finish, 'tool_calls')
    assert.ok(usage.completion_tokens > 1)
  },
  async 'OpenAI: log-probabilities'() {
    const c = await openai.chat.completions.create({
      model: 'm', messages: user('say hello'), logprobs: true, top_logprobs: 2, max_completion_tokens: 3,
    })
    assert.equal(c.choices[0].finish_reason, 'length')
    assert.equal(c.choices[0].logprobs.content[0].top_logprobs.length, 2)
  },
  async 'OpenAI: completions and models'() {
    const c = await openai.completions.create({ model: 'm', prompt: 'abc', max_tokens: 4 })
    assert.equal(c.usage.completion_tokens, 4)
    assert.equal((await openai.models.list()).data.length, 1)
  },
  async 'OpenAI: a response, whole and streamed'() {
    const r = await openai.responses.create({ model: 'm', input: 'say hello' })
    assert.equal(r.output_text, 'Hello there.')
    const stream = openai.responses.stream({ model: 'm', input: 'use the tool', tools: [{ type: 'function', strict: false, ...tool }] })
    const final = await stream.finalResponse()
    const call = final.output.find((item) => item.type === 'function_call')
    assert.deepEqual(JSON.parse(call.arguments), { command: 'ls' })
    assert.equal(final.status, 'completed')
  },
  async 'OpenAI: an error has its code'() {
    await assert.rejects(openai.chat.completions.create({ model: 'm', messages: user('x'.repeat(400000)) }),
      (e) => e.status === 400 && e.code === 'context_length_exceeded')
  },
}
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
