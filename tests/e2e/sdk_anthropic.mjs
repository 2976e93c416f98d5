// Anthropic's SDK against running servers: node sdk_anthropic.mjs SCRIPTED FREE LOCKED, three
// addresses: one whose answers a script gives, one that samples, and one that wants the key
// "secret".
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { WEATHER, assertWeather, collect, runChecks, user } from './checks.mjs'

const [scripted, free, locked] = process.argv.slice(2)
const open = (baseURL, apiKey = 'local') => new Anthropic({ baseURL, apiKey, maxRetries: 0 })
const client = open(scripted)
const sampling = open(free)
const model = 'any-name'
const base = { model, max_tokens: 200 }
const bash = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: {
    type: 'object',
    properties: { command: { type: 'string' } },
    required: ['command'],
  },
}
const ls = { ...bash, name: 'List', input_schema: { type: 'object', properties: {} } }
const texts = (m) =>
  m.content
    .filter((b) => b.type === 'text')
    .map((b) => b.text)
    .join('')

await runChecks({
  async 'a whole message, its usage and its id'() {
    const m = await client.messages.create({ ...base, messages: user('say hello') })
    assert.equal(m.type, 'message')
    assert.equal(m.role, 'assistant')
    assert.equal(m.model, model)
    assert.match(m.id, /^msg_/)
    assert.deepEqual(m.content, [{ type: 'text', text: 'Hello there.' }])
    assert.equal(m.stop_reason, 'end_turn')
    assert.equal(m.stop_sequence, null)
    assert.ok(m.usage.output_tokens > 1)
    assert.ok(m._request_id === undefined || m._request_id === null || m._request_id.length > 0)
  },
  async 'usage tells what came from the cache'() {
    const ask = () =>
      client.messages.create({ ...base, messages: user('say hello, slowly and for the cache') })
    const [first, second] = [(await ask()).usage, (await ask()).usage]
    const total = (u) => u.input_tokens + u.cache_read_input_tokens + u.cache_creation_input_tokens
    assert.equal(total(first), total(second))
    assert.ok(second.cache_read_input_tokens > first.cache_read_input_tokens)
    const counted = await client.messages.countTokens({
      model,
      messages: user('say hello, slowly and for the cache'),
    })
    assert.equal(counted.input_tokens, total(first))
  },
  async 'the beta client, with betas that nobody knows'() {
    const m = await client.beta.messages.create({
      ...base,
      messages: user('say hello'),
      betas: ['context-management-2025-06-27', 'made-up-2030-01-01'],
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    })
    assert.equal(texts(m), 'Hello there.')
    const n = await client.beta.messages.countTokens({
      model,
      messages: user('say hello'),
      tools: [bash],
    })
    assert.ok(n.input_tokens > 20)
  },
  async 'raw events come in order'() {
    const stream = await client.messages.create({
      ...base,
      messages: user('say hello'),
      stream: true,
    })
    const events = await collect(stream)
    assert.equal(events[0].type, 'message_start')
    assert.deepEqual(
      events.slice(-3).map((e) => e.type),
      ['content_block_stop', 'message_delta', 'message_stop'],
    )
    assert.ok(events.some((e) => e.type === 'content_block_delta' && e.delta.type === 'text_delta'))
  },
  async 'the streaming helper: text, thinking, signature, input'() {
    const seen = { text: '', thinking: '', json: '', signature: '', blocks: 0 }
    const stream = client.messages
      .stream({
        ...base,
        thinking: { type: 'adaptive' },
        tools: [bash],
        messages: user('think and use the tool'),
      })
      .on('text', (delta) => (seen.text += delta))
      .on('thinking', (delta) => (seen.thinking += delta))
      .on('signature', (s) => (seen.signature = s))
      .on('inputJson', (delta) => (seen.json += delta))
      .on('contentBlock', () => seen.blocks++)
    const m = await stream.finalMessage()
    assert.equal(m.stop_reason, 'tool_use')
    assert.deepEqual(
      m.content.map((b) => b.type),
      ['thinking', 'text', 'tool_use'],
    )
    assert.equal(seen.thinking, 'A tool is wanted.')
    assert.equal(m.content[0].thinking, seen.thinking)
    assert.equal(m.content[0].signature, seen.signature)
    assert.ok(seen.signature.length > 0)
    assert.equal(seen.text, 'I use it.')
    assert.deepEqual(JSON.parse(seen.json), { command: 'ls' })
    assert.equal(seen.blocks, 3)
    assert.equal(await stream.finalText(), 'I use it.')
  },
  async 'thinking: absent, disabled, enabled'() {
    for (const [thinking, prompt, types] of [
      [undefined, 'just say it', ['text']],
      [{ type: 'disabled' }, 'just say it', ['text']],
      [{ type: 'enabled', budget_tokens: 1024 }, 'reason, then say it', ['thinking', 'text']],
    ]) {
      const m = await client.messages.create({
        ...base,
        max_tokens: 2000,
        thinking,
        messages: user(prompt),
      })
      assert.deepEqual(
        m.content.map((b) => b.type),
        types,
        JSON.stringify(thinking),
      )
      assert.equal(texts(m), 'Said.')
    }
  },
  async 'a spent thinking budget ends the thinking with a sentence'() {
    const m = await client.messages.create({
      ...base,
      max_tokens: 1300,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: user('ponder forever'),
    })
    const thought = m.content[0].thinking
    assert.ok(thought.startsWith('Round and round it goes.'))
    assert.ok(/[.!]\s*$/.test(thought), thought.slice(-80))
    assert.ok(!/goes\.\s*$/.test(thought), thought.slice(-80))
    assert.ok(m.usage.output_tokens > 1024 && m.usage.output_tokens <= 1300)
  },
  async 'thinking goes back, redacted or not, and text blocks as they are'() {
    const first = await client.messages.create({
      ...base,
      thinking: { type: 'adaptive' },
      tools: [bash],
      messages: user('think and use the tool'),
    })
    const call = first.content.find((b) => b.type === 'tool_use')
    const messages = [
      ...user('think and use the tool'),
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: call.id, content: 'the-listing' }],
      },
    ]
    const second = await client.messages.create({
      ...base,
      thinking: { type: 'adaptive' },
      tools: [bash],
      messages,
    })
    assert.equal(texts(second), 'It lists.')
    const u = second.usage
    assert.ok(
      u.cache_read_input_tokens > u.input_tokens + u.cache_creation_input_tokens,
      JSON.stringify(u),
    )
    messages[1] = {
      role: 'assistant',
      content: [{ type: 'redacted_thinking', data: 'abc' }, ...first.content.slice(1)],
    }
    const third = await client.messages.create({ ...base, tools: [bash], messages })
    assert.equal(third.stop_reason, 'end_turn')
  },
  async 'tool results of all shapes, in any order'() {
    const use = (id, name, input) => ({ type: 'tool_use', id, name, input })
    const result = (tool_use_id, content, more = {}) => ({
      type: 'tool_result',
      tool_use_id,
      content,
      ...more,
    })
    const image = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
    }
    const m = await client.messages.create({
      ...base,
      tools: [bash, ls],
      messages: [
        ...user('go'),
        {
          role: 'assistant',
          content: [
            use('a', 'Bash', { command: 'ls' }),
            use('b', 'List', {}),
            use('c', 'Bash', { command: 'x' }),
          ],
        },
        {
          role: 'user',
          content: [
            result('c', 'failed', { is_error: true }),
            result('a', [{ type: 'text', text: 'results-here' }, image]),
            result('b', undefined),
            { type: 'text', text: 'and go on' },
          ],
        },
      ],
    })
    assert.equal(texts(m), 'All read.')
  },
  async 'system as text, as blocks and as a message; images and documents'() {
    const image = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
    }
    const link = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
    const pdf = {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
    }
    const note = {
      type: 'document',
      title: 'Note',
      source: { type: 'text', media_type: 'text/plain', data: 'words' },
    }
    for (const system of [
      'Be brief.',
      [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    ]) {
      const m = await client.messages.create({
        ...base,
        system,
        messages: [
          ...user([image, link, pdf, note, { type: 'text', text: 'say hello' }]),
          { role: 'system', content: 'A notice.' },
        ],
      })
      assert.equal(texts(m), 'Hello there.')
    }
  },
  async 'tool_choice is kept to, whatever the model would like'() {
    const ask = (tool_choice) =>
      sampling.messages.create({
        ...base,
        max_tokens: 400,
        temperature: 1,
        tools: [ls, { ...bash, input_schema: WEATHER, name: 'weather' }],
        tool_choice,
        messages: user('go'),
      })
    const named = await ask({ type: 'tool', name: 'weather' })
    const calls = named.content.filter((b) => b.type === 'tool_use')
    assert.equal(calls[0].name, 'weather')
    assertWeather(calls[0].input)
    const any = await ask({ type: 'any', disable_parallel_tool_use: true })
    assert.equal(any.content.filter((b) => b.type === 'tool_use').length, 1)
    const none = await ask({ type: 'none' })
    assert.ok(none.content.every((b) => b.type === 'text'))
  },
  async 'structured output is parsed, and kept to'() {
    const output_config = { format: jsonSchemaOutputFormat(WEATHER, { transform: false }) }
    const told = await client.messages.parse({
      ...base,
      messages: user('tell the weather'),
      output_config,
    })
    assert.deepEqual(told.parsed_output, { city: 'Rome', days: 3, dry: true })
    const made = await sampling.messages.parse({
      ...base,
      temperature: 1,
      messages: user('tell the weather'),
      output_config,
    })
    assertWeather(made.parsed_output)
    const effort = await client.messages.create({
      ...base,
      messages: user('say hello'),
      output_config: { effort: 'low' },
      metadata: { user_id: 'x' },
    })
    assert.equal(texts(effort), 'Hello there.')
  },
  async 'the tool runner plays a whole conversation'() {
    const asked = []
    const tool = betaTool({
      name: 'weather',
      description: 'Tells it.',
      inputSchema: WEATHER,
      run: (input) => {
        asked.push(input)
        return 'sunny-result'
      },
    })
    const last = await client.beta.messages.toolRunner({
      ...base,
      tools: [tool],
      messages: user('run the weather tool'),
    })
    assert.deepEqual(asked, [{ city: 'Oslo', days: 2, dry: false }])
    assert.equal(texts(last), 'It will be sunny.')
    const streamed = client.beta.messages.toolRunner({
      ...base,
      tools: [tool],
      stream: true,
      messages: user('run the weather tool'),
    })
    let said = ''
    for await (const stream of streamed)
      for await (const event of stream)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          said += event.delta.text
    assert.equal(said, 'It will be sunny.')
  },
  async 'parallel calls, each with its own index'() {
    const m = await client.messages
      .stream({ ...base, tools: [bash, ls], messages: user('use both tools') })
      .finalMessage()
    const calls = m.content.filter((b) => b.type === 'tool_use')
    assert.deepEqual(
      calls.map((c) => [c.name, c.input]),
      [
        ['Bash', { command: 'pwd' }],
        ['List', {}],
      ],
    )
    assert.notEqual(calls[0].id, calls[1].id)
  },
  async 'server tools and unknown fields are tolerated'() {
    const m = await client.messages.create({
      ...base,
      messages: user('say hello'),
      tools: [bash, { type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
      service_tier: 'auto',
      container: null,
      made_up: { a: 1 },
    })
    assert.equal(texts(m), 'Hello there.')
  },
  async 'stop sequences, lengths, sampling'() {
    const stopped = await client.messages.create({
      ...base,
      messages: user('count up'),
      stop_sequences: ['four', 'nine'],
    })
    assert.equal(texts(stopped), 'one two three ')
    assert.equal(stopped.stop_reason, 'stop_sequence')
    assert.equal(stopped.stop_sequence, 'four')
    const cut = await client.messages.create({ ...base, max_tokens: 3, messages: user('count up') })
    assert.equal(cut.stop_reason, 'max_tokens')
    assert.equal(cut.usage.output_tokens, 3)
    const ask = (temperature) =>
      sampling.messages.create({ ...base, max_tokens: 16, temperature, messages: user('go') })
    assert.equal(texts(await ask(0)), texts(await ask(0)))
    const varied = await sampling.messages.create({
      ...base,
      max_tokens: 16,
      top_p: 0.9,
      top_k: 20,
      messages: user('go'),
    })
    assert.ok(varied.usage.output_tokens <= 16)
  },
  async 'the answer goes on from what is put into its mouth'() {
    const m = await client.messages.create({
      ...base,
      messages: [...user('say more'), { role: 'assistant', content: 'It begins' }],
    })
    assert.equal(m.stop_reason, 'end_turn')
  },
  async 'models, listed and by any name'() {
    const listed = await collect(client.models.list())
    assert.equal(listed.length, 1)
    assert.equal(listed[0].type, 'model')
    assert.ok(listed[0].display_name && !Number.isNaN(Date.parse(listed[0].created_at)))
    assert.equal((await client.models.retrieve('claude-x')).id, 'claude-x')
  },
  async 'an abort closes the connection; the server stops'() {
    const stream = client.messages.stream({
      ...base,
      max_tokens: 2000,
      messages: user('talk slowly'),
    })
    let n = 0
    stream.on('text', () => {
      if (++n === 3) stream.abort()
    })
    await assert.rejects(stream.done(), Anthropic.APIUserAbortError)
    assert.ok(n < 20, `${n}`)
  },
  async 'errors have their classes and say what is wrong'() {
    const fails = (body) => client.messages.create({ ...base, ...body })
    await assert.rejects(
      fails({ messages: user('x'.repeat(400000)) }),
      (e) =>
        e instanceof Anthropic.BadRequestError &&
        e.error.error.type === 'invalid_request_error' &&
        /prompt is too long: \d+ tokens > \d+ maximum/.test(e.message),
    )
    await assert.rejects(
      fails({ messages: [{ role: 'nobody', content: 'x' }] }),
      (e) => e instanceof Anthropic.BadRequestError && /messages\.0\.role/.test(e.message),
    )
    await assert.rejects(
      fails({ messages: user('x'), temperature: 'hot' }),
      (e) => e instanceof Anthropic.BadRequestError && /temperature/.test(e.message),
    )
    await assert.rejects(fails({ messages: user('x'), tools: [{ input_schema: {} }] }), (e) =>
      /tools\.0\.name/.test(e.message),
    )
    await assert.rejects(client.get('/v1/nowhere'), Anthropic.NotFoundError)
    await assert.rejects(
      open(locked, 'wrong').messages.create({ ...base, messages: user('x') }),
      (e) =>
        e instanceof Anthropic.AuthenticationError && e.error.error.type === 'authentication_error',
    )
    const m = await open(locked, 'secret').messages.create({ ...base, messages: user('say hello') })
    assert.equal(texts(m), 'Hello there.')
    const bearer = new Anthropic({
      baseURL: locked,
      authToken: 'secret',
      apiKey: null,
      maxRetries: 0,
    })
    assert.equal(
      texts(await bearer.messages.create({ ...base, messages: user('say hello') })),
      'Hello there.',
    )
  },
  async 'the root answers, as clients try first'() {
    assert.equal((await fetch(scripted, { method: 'HEAD' })).status, 200)
    assert.equal((await fetch(scripted)).status, 200)
  },
})
