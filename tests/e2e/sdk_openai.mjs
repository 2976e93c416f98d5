// OpenAI's SDK against running servers: node sdk_openai.mjs SCRIPTED FREE LOCKED, as for
// Anthropic's.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { WEATHER, assertWeather, collect, runChecks, user } from './checks.mjs'

const [scripted, free, locked] = process.argv.slice(2)
const open = (address, apiKey = 'local') =>
  new OpenAI({ baseURL: address + '/v1', apiKey, maxRetries: 0 })
const client = open(scripted)
const sampling = open(free)
const model = 'any-name'
const off = { reasoning_effort: 'none' }
const bash = {
  name: 'Bash',
  description: 'Runs a command.',
  parameters: {
    type: 'object',
    properties: { command: { type: 'string' } },
    required: ['command'],
  },
}
const fn = (f) => ({ type: 'function', function: f })
const list = { name: 'List', parameters: { type: 'object', properties: {} } }
const weather = { name: 'weather', parameters: WEATHER }
const schema = { name: 'weather', schema: WEATHER, strict: true }
const chat = (body) => client.chat.completions.create({ model, ...off, ...body })
const free_chat = (body) =>
  sampling.chat.completions.create({
    model,
    ...off,
    max_completion_tokens: 300,
    temperature: 1,
    ...body,
  })

await runChecks({
  async 'chat: a whole completion'() {
    const c = await chat({ messages: user('say hello') })
    assert.equal(c.object, 'chat.completion')
    assert.match(c.id, /^chatcmpl/)
    assert.equal(c.model, model)
    assert.equal(c.choices[0].message.content, 'Hello there.')
    assert.equal(c.choices[0].message.role, 'assistant')
    assert.equal(c.choices[0].finish_reason, 'stop')
    assert.equal(c.usage.total_tokens, c.usage.prompt_tokens + c.usage.completion_tokens)
    const again = await chat({ messages: user('say hello') })
    assert.ok(again.usage.prompt_tokens_details.cached_tokens > c.usage.prompt_tokens / 2)
  },
  async 'chat: a stream, with and without usage'() {
    const ask = (stream_options) =>
      chat({ messages: user('say hello'), stream: true, stream_options }).then(collect)
    const without = await ask(undefined)
    assert.ok(without.every((c) => c.choices.length === 1 && !c.usage))
    assert.equal(without.map((c) => c.choices[0].delta.content ?? '').join(''), 'Hello there.')
    assert.equal(without[0].choices[0].delta.role, 'assistant')
    const all = await ask({ include_usage: true })
    assert.deepEqual(all.at(-1).choices, [])
    assert.ok(all.at(-1).usage.completion_tokens > 1)
    assert.equal(all.at(-2).choices[0].finish_reason, 'stop')
  },
  async 'chat: the streaming helper'() {
    let text = ''
    const stream = client.chat.completions
      .stream({ model, ...off, messages: user('say hello') })
      .on('content', (delta) => (text += delta))
    assert.equal((await stream.finalMessage()).content, 'Hello there.')
    assert.equal(text, 'Hello there.')
    assert.equal((await stream.finalChatCompletion()).choices[0].finish_reason, 'stop')
  },
  async 'chat: reasoning comes apart, and goes back'() {
    const c = await chat({
      messages: user('think and use the tool'),
      reasoning_effort: 'high',
      tools: [fn(bash)],
    })
    const m = c.choices[0].message
    assert.equal(m.reasoning_content, 'A tool is wanted.')
    assert.equal(m.content, 'I use it.')
    assert.ok(c.usage.completion_tokens_details.reasoning_tokens > 1)
    assert.equal(c.choices[0].finish_reason, 'tool_calls')
    assert.deepEqual(JSON.parse(m.tool_calls[0].function.arguments), { command: 'ls' })
    const next = await chat({
      reasoning_effort: 'high',
      tools: [fn(bash)],
      messages: [
        ...user('think and use the tool'),
        m,
        { role: 'tool', tool_call_id: m.tool_calls[0].id, content: 'the-listing' },
      ],
    })
    assert.equal(next.choices[0].message.content, 'It lists.')
    assert.ok(
      next.usage.prompt_tokens_details.cached_tokens >= c.usage.total_tokens - 2,
      JSON.stringify([c.usage, next.usage]),
    )
    const off = await chat({ messages: user('just say it') })
    assert.ok(!off.choices[0].message.reasoning_content)
  },
  async 'chat: parallel calls have indices'() {
    const chunks = await chat({
      messages: user('use both tools'),
      tools: [fn(bash), fn(list)],
      stream: true,
    }).then(collect)
    const calls = []
    for (const c of chunks)
      for (const part of c.choices[0]?.delta.tool_calls ?? []) {
        calls[part.index] ??= { id: part.id, name: part.function.name, args: '' }
        calls[part.index].args += part.function.arguments ?? ''
      }
    assert.deepEqual(
      calls.map((c) => [c.name, JSON.parse(c.args)]),
      [
        ['Bash', { command: 'pwd' }],
        ['List', {}],
      ],
    )
    assert.notEqual(calls[0].id, calls[1].id)
  },
  async 'chat: tool_choice is kept to'() {
    const tools = [fn(list), fn(weather)]
    const named = await free_chat({
      messages: user('go'),
      tools,
      tool_choice: { type: 'function', function: { name: 'weather' } },
    })
    const call = named.choices[0].message.tool_calls[0]
    assert.equal(call.function.name, 'weather')
    assertWeather(JSON.parse(call.function.arguments))
    const required = await free_chat({
      messages: user('go'),
      tools,
      tool_choice: 'required',
      parallel_tool_calls: false,
    })
    assert.equal(required.choices[0].message.tool_calls.length, 1)
    const none = await free_chat({
      messages: user('go'),
      tools,
      tool_choice: 'none',
      max_completion_tokens: 40,
    })
    assert.ok(!none.choices[0].message.tool_calls)
  },
  async 'chat: the tool runner plays a whole conversation'() {
    for (const stream of [false, true]) {
      const asked = []
      const runner = client.chat.completions.runTools({
        model,
        ...off,
        stream,
        messages: user('run the weather tool'),
        tools: [
          fn({
            ...weather,
            parse: JSON.parse,
            function: (args) => {
              asked.push(args)
              return 'sunny-result'
            },
          }),
        ],
      })
      assert.equal(await runner.finalContent(), 'It will be sunny.')
      assert.deepEqual(asked, [{ city: 'Oslo', days: 2, dry: false }])
    }
  },
  async 'chat: structured output is parsed, and kept to'() {
    const response_format = { type: 'json_schema', json_schema: schema }
    const told = await client.chat.completions.parse({
      model,
      ...off,
      messages: user('tell the weather'),
      response_format,
    })
    assert.equal(told.choices[0].message.content, '{"city": "Rome", "days": 3, "dry": true}')
    const made = await free_chat({ messages: user('go'), response_format })
    assertWeather(JSON.parse(made.choices[0].message.content))
    const object = await free_chat({
      messages: user('go'),
      response_format: { type: 'json_object' },
    })
    if (object.choices[0].finish_reason === 'stop')
      assert.equal(typeof JSON.parse(object.choices[0].message.content), 'object')
    else assert.match(object.choices[0].message.content, /^\s*\{/)
  },
  async 'chat: strict tools are parsed by the helper'() {
    const c = await client.chat.completions.parse({
      model,
      ...off,
      messages: user('run the weather tool'),
      tools: [fn({ ...weather, strict: true })],
    })
    assert.equal(c.choices[0].message.tool_calls[0].function.name, 'weather')
  },
  async 'chat: log-probabilities'() {
    const ask = (stream) =>
      chat({
        messages: user('say hello'),
        logprobs: true,
        top_logprobs: 2,
        max_completion_tokens: 3,
        stream,
      })
    const whole = await ask(false)
    const { content } = whole.choices[0].logprobs
    assert.equal(whole.choices[0].finish_reason, 'length')
    assert.ok(
      content.length >= 1 &&
        content.every(
          (t) => t.logprob <= 0 && t.top_logprobs.length === 2 && Array.isArray(t.bytes),
        ),
    )
    const chunks = await collect(await ask(true))
    const streamed = chunks.flatMap((c) => c.choices[0]?.logprobs?.content ?? [])
    assert.deepEqual(
      streamed.map((t) => t.token),
      content.map((t) => t.token),
    )
  },
  async 'chat: several answers, seeds, penalties'() {
    const ask = (more) =>
      free_chat({ messages: user('go'), max_completion_tokens: 12, seed: 5, ...more })
    const three = await ask({ n: 3, seed: undefined })
    assert.deepEqual(
      three.choices.map((c) => c.index),
      [0, 1, 2],
    )
    assert.ok(new Set(three.choices.map((c) => c.message.content)).size > 1)
    const text = (c) => c.choices[0].message.content
    assert.equal(text(await ask({})), text(await ask({})))
    const calm = await ask({
      presence_penalty: 1.5,
      frequency_penalty: 1.5,
      top_p: 0.5,
      logit_bias: { 65: -100 },
    })
    assert.ok(calm.usage.completion_tokens <= 12)
    const chunks = await ask({ n: 2, stream: true }).then(collect)
    assert.deepEqual(
      [...new Set(chunks.flatMap((c) => c.choices.map((x) => x.index)))].sort(),
      [0, 1],
    )
    assert.equal(chunks.filter((c) => c.choices[0]?.finish_reason).length, 2)
  },
  async 'chat: stop, as a word and as a list'() {
    for (const stop of ['four', ['nine', 'four']]) {
      const c = await chat({ messages: user('count up'), stop })
      assert.equal(c.choices[0].message.content, 'one two three ')
      assert.equal(c.choices[0].finish_reason, 'stop')
    }
    assert.equal(
      (await chat({ messages: user('count up'), max_tokens: 2 })).choices[0].finish_reason,
      'length',
    )
  },
  async 'chat: parts, images, developers, unknown fields'() {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
    const c = await chat({
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
        ...user([{ type: 'text', text: 'say hello' }, image]),
      ],
      store: false,
      metadata: { a: 'b' },
      service_tier: 'auto',
      user: 'x',
      verbosity: 'low',
      made_up: 1,
    })
    assert.equal(c.choices[0].message.content, 'Hello there.')
  },
  async 'chat: an abort closes the connection'() {
    const stream = client.chat.completions.stream({ model, ...off, messages: user('talk slowly') })
    let n = 0
    stream.on('content', () => {
      if (++n === 3) stream.abort()
    })
    await assert.rejects(stream.done(), OpenAI.APIUserAbortError)
    assert.ok(n < 20, `${n}`)
  },
  async 'completions: text, ids, several, echo'() {
    const ask = (body) =>
      sampling.completions.create({ model, max_tokens: 4, temperature: 0, ...body })
    const text = await ask({ prompt: 'abc' })
    assert.equal(text.object, 'text_completion')
    assert.equal(text.usage.completion_tokens, 4)
    assert.equal(text.choices[0].finish_reason, 'length')
    const { tokens } = await (
      await fetch(free + '/tokenize', { method: 'POST', body: JSON.stringify({ content: 'abc' }) })
    ).json()
    assert.equal((await ask({ prompt: tokens })).choices[0].text, text.choices[0].text)
    const two = await ask({ prompt: ['abc', 'xyz'] })
    assert.equal(two.choices[0].text, text.choices[0].text)
    assert.deepEqual(
      two.choices.map((c) => c.index),
      [0, 1],
    )
    assert.equal(
      (await ask({ prompt: 'abc', echo: true })).choices[0].text,
      'abc' + text.choices[0].text,
    )
    const chunks = await ask({
      prompt: 'abc',
      stream: true,
      stream_options: { include_usage: true },
    }).then(collect)
    assert.equal(chunks.map((c) => c.choices[0]?.text ?? '').join(''), text.choices[0].text)
    assert.equal(chunks.at(-1).usage.completion_tokens, 4)
  },
  async 'completions: log-probabilities of the prompt and the answer'() {
    const c = await sampling.completions.create({
      model,
      prompt: 'The cat sat',
      max_tokens: 2,
      logprobs: 2,
      echo: true,
      temperature: 0,
    })
    const l = c.choices[0].logprobs
    assert.equal(l.tokens.join(''), c.choices[0].text)
    assert.equal(l.token_logprobs.length, l.tokens.length)
    assert.equal(l.token_logprobs[0], null)
    assert.ok(l.token_logprobs.slice(1).every((p) => p <= 0))
    assert.ok(Object.keys(l.top_logprobs.at(-1)).length >= 2)
    assert.deepEqual(l.text_offset[0], 0)
    const score = await sampling.completions.create({
      model,
      prompt: 'The cat sat',
      max_tokens: 0,
      logprobs: 0,
      echo: true,
    })
    assert.equal(score.choices[0].text, 'The cat sat')
  },
  async 'responses: a whole one'() {
    const r = await client.responses.create({
      model,
      input: 'say hello',
      instructions: 'Be brief.',
      reasoning: { effort: 'none' },
    })
    assert.equal(r.object, 'response')
    assert.equal(r.status, 'completed')
    assert.equal(r.output_text, 'Hello there.')
    assert.match(r.id, /^resp_/)
    assert.equal(r.usage.total_tokens, r.usage.input_tokens + r.usage.output_tokens)
    assert.ok(
      r.usage.input_tokens_details.cached_tokens >= 0 &&
        r.usage.output_tokens_details.reasoning_tokens >= 0,
    )
  },
  async 'responses: events, numbered, and the helper'() {
    const stream = await client.responses.create({
      model,
      input: 'say hello',
      stream: true,
      reasoning: { effort: 'none' },
    })
    const events = await collect(stream)
    assert.deepEqual(
      events.map((e) => e.sequence_number),
      events.map((_, i) => i),
    )
    for (const type of [
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
      assert.ok(
        events.some((e) => e.type === type),
        type,
      )
    let text = ''
    const helper = client.responses
      .stream({ model, input: 'say hello', reasoning: { effort: 'none' } })
      .on('response.output_text.delta', (e) => (text += e.delta))
    assert.equal((await helper.finalResponse()).output_text, 'Hello there.')
    assert.equal(text, 'Hello there.')
  },
  async 'responses: reasoning, a function, its output, all sent back'() {
    const tools = [{ type: 'function', strict: false, ...bash }]
    const input = [
      { role: 'user', content: [{ type: 'input_text', text: 'think and use the tool' }] },
    ]
    const r = await client.responses.create({
      model,
      input,
      tools,
      reasoning: { effort: 'high' },
      include: ['reasoning.encrypted_content'],
    })
    assert.deepEqual(
      r.output.map((i) => i.type),
      ['reasoning', 'message', 'function_call'],
    )
    assert.deepEqual(JSON.parse(r.output[2].arguments), { command: 'ls' })
    const next = await client.responses.create({
      model,
      tools,
      reasoning: { effort: 'high' },
      input: [
        ...input,
        ...r.output,
        { type: 'function_call_output', call_id: r.output[2].call_id, output: 'the-listing' },
      ],
    })
    assert.equal(next.output_text, 'It lists.')
    assert.ok(
      next.usage.input_tokens_details.cached_tokens >= r.usage.total_tokens - 2,
      JSON.stringify([r.usage, next.usage]),
    )
  },
  async 'responses: custom tools and namespaces'() {
    const tools = [
      {
        type: 'custom',
        name: 'apply_patch',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' },
      },
      {
        type: 'namespace',
        name: 'agents',
        description: 'Agents.',
        tools: [
          { type: 'function', name: 'spawn', parameters: { type: 'object', properties: {} } },
        ],
      },
      { type: 'web_search' },
      { type: 'tool_search', execution: 'client' },
    ]
    const r = await client.responses.create({
      model,
      input: 'patch and spawn',
      tools,
      reasoning: { effort: 'none' },
    })
    assert.equal(r.output[0].type, 'custom_tool_call')
    assert.equal(r.output[0].input, '*** Begin\n*** End')
    assert.deepEqual(
      [r.output[1].type, r.output[1].name, r.output[1].namespace],
      ['function_call', 'spawn', 'agents'],
    )
    const stream = await client.responses.create({
      model,
      input: 'patch and spawn',
      tools,
      stream: true,
      reasoning: { effort: 'none' },
    })
    const events = await collect(stream)
    assert.ok(events.some((e) => e.type === 'response.custom_tool_call_input.delta'))
  },
  async 'chat: custom tools'() {
    const tools = [
      { type: 'custom', custom: { name: 'apply_patch', format: { type: 'text' } } },
      fn({ name: 'agents__spawn', parameters: { type: 'object', properties: {} } }),
    ]
    const messages = user('patch and spawn')
    const { message } = (await chat({ messages, tools })).choices[0]
    assert.equal(message.tool_calls[0].type, 'custom')
    assert.equal(message.tool_calls[0].custom.input, '*** Begin\n*** End')
    assert.equal(message.tool_calls[1].function.name, 'agents__spawn')
    const pieces = (await collect(await chat({ messages, tools, stream: true }))).flatMap(
      (c) => c.choices[0]?.delta.tool_calls ?? [],
    )
    assert.deepEqual([pieces[0].type, pieces[0].custom.name], ['custom', 'apply_patch'])
    const texts = pieces.filter((p) => p.index === 0).map((p) => p.custom.input)
    assert.equal(texts.join(''), '*** Begin\n*** End')
  },
  async 'responses: structured output, tool_choice, lengths'() {
    const format = { type: 'json_schema', name: 'weather', schema: WEATHER, strict: true }
    const none = { reasoning: { effort: 'none' } }
    const told = await client.responses.parse({
      model,
      ...none,
      input: 'tell the weather',
      text: { format },
    })
    assert.equal(told.output_text, '{"city": "Rome", "days": 3, "dry": true}')
    const made = await sampling.responses.create({
      model,
      ...none,
      input: 'go',
      text: { format },
      max_output_tokens: 300,
    })
    assertWeather(JSON.parse(made.output_text))
    const tools = [{ type: 'function', strict: true, ...weather }]
    const forced = await sampling.responses.create({
      model,
      ...none,
      input: 'go',
      tools,
      tool_choice: { type: 'function', name: 'weather' },
      max_output_tokens: 300,
    })
    assertWeather(JSON.parse(forced.output.find((i) => i.type === 'function_call').arguments))
    const cut = await client.responses.create({
      model,
      ...none,
      input: 'count up',
      max_output_tokens: 2,
    })
    assert.equal(cut.status, 'incomplete')
    assert.equal(cut.incomplete_details.reason, 'max_output_tokens')
  },
  async 'responses: counting, and what is not stored'() {
    const n = await client.responses.inputTokens.count({ model, input: 'say hello' })
    assert.ok(n.input_tokens > 3)
    const refused = (body) =>
      assert.rejects(
        client.responses.create({ model, ...body }),
        (e) => e instanceof OpenAI.BadRequestError && /not stored/.test(e.message),
      )
    await refused({ input: 'x', previous_response_id: 'resp_1' })
    await refused({
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { role: 'user', content: 'x' },
      ],
    })
    await assert.rejects(client.responses.retrieve('resp_1'), OpenAI.NotFoundError)
  },
  async models() {
    const { data } = await client.models.list()
    assert.equal(data.length, 1)
    assert.equal(data[0].object, 'model')
    assert.equal((await client.models.retrieve('gpt-x')).id, 'gpt-x')
  },
  async 'errors have their classes and codes'() {
    const fails = (body) => chat({ messages: user('x'), ...body })
    await assert.rejects(
      fails({ messages: user('x'.repeat(400000)) }),
      (e) =>
        e instanceof OpenAI.BadRequestError &&
        e.code === 'context_length_exceeded' &&
        e.type === 'invalid_request_error',
    )
    await assert.rejects(
      client.responses.create({ model, input: 'x'.repeat(400000) }),
      (e) => e.code === 'context_length_exceeded',
    )
    await assert.rejects(
      fails({ messages: [{ role: 'nobody', content: 'x' }] }),
      (e) => e.status === 400 && /messages\.0/.test(e.message),
    )
    await assert.rejects(fails({ n: 99 }), (e) => e.status === 400 && /\bn\b/.test(e.message))
    await assert.rejects(
      client.embeddings.create({ model, input: 'x' }),
      (e) => e.status >= 400 && /text/.test(e.message),
    )
    await assert.rejects(client.get('/nowhere'), OpenAI.NotFoundError)
    await assert.rejects(open(locked, 'wrong').models.list(), OpenAI.AuthenticationError)
    assert.equal((await open(locked, 'secret').models.list()).data.length, 1)
  },
})
