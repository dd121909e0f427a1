/** Ordinary ids: text that shows the user's words, scripted tool calls, JSON (what the demo lives on). */
import { askWhole, ask, argumentsOf, contentOf, useSimulator } from '../testing/client';

const stage = useSimulator();
const MODEL = 'openai/gpt-4o';
const user = (content: unknown) => ({ role: 'user', content });
const answer = async (fields: object) => (await askWhole(stage.running, MODEL, fields)).json.choices[0];
const textOf = async (...messages: object[]) => (await answer({ messages }))?.message.content;

const tool = (name: string, properties: object = {}, required: string[] = Object.keys(properties)) => ({
  type: 'function',
  function: { name, description: name, parameters: { type: 'object', properties, required } },
});
const string = { type: 'string' };
const createFile = tool('create_file', {
  filePath: { type: 'string', description: 'The absolute path to the file.' },
  content: string,
});
const callsOf = async (content: unknown, fields: object) => {
  const choice = await answer({ messages: [user(content)], ...fields });
  return (choice?.message.tool_calls ?? []).map(({ function: { name, arguments: text = '' } }) => ({
    name,
    arguments: JSON.parse(text) as Record<string, unknown>,
  }));
};

describe('text', () => {
  it("quotes the user, in the user's language", async () => {
    expect(await textOf(user('What is a whale?'))).toMatch(/^This is .*"What is a whale\?"/);
    expect(await textOf(user('Что такое кит?'))).toMatch(/^Это ответ .*«Что такое кит\?»/);
  });

  it('is streamed word by word', async () => {
    const seen = await ask(stage.running, MODEL);
    expect(seen.pieces.length).toBeGreaterThan(10);
    expect(contentOf(seen)).toBe(await textOf(user('Say hello!')));
  });

  it("reads text parts, and of VS Code's message only what the user typed", async () => {
    expect(
      await textOf(
        user([
          { type: 'text', text: 'Parted' },
          { type: 'image_url', image_url: { url: 'data:' } },
        ]),
      ),
    ).toContain('"Parted"');
    expect(await textOf(user('<context>secret</context>\n<userRequest>\nTyped\n</userRequest>'))).toMatch(
      /"Typed"/,
    );
  });

  it('answers a request for a title or for a JSON array in kind', async () => {
    const title = await textOf(
      { role: 'system', content: 'Write an ultra-compact title.' },
      user('Fix the bug'),
    );
    expect(title?.length).toBeLessThan(40);
    const array = await textOf(
      { role: 'system', content: 'Return a JSON array of progress messages.' },
      user('Go'),
    );
    expect(JSON.parse(array ?? '')).toEqual(expect.arrayContaining([expect.any(String)]));
  });
});

describe('tools', () => {
  it('a file tool gets the name and the words in quotes', async () => {
    expect(
      await callsOf('Create notes.md with "Hello, whale"', {
        tools: [tool('list'), tool('write', { path: string, content: string })],
      }),
    ).toEqual([{ name: 'write', arguments: { path: 'notes.md', content: 'Hello, whale' } }]);
    expect(await callsOf('Make me something', { tools: [createFile] })).toEqual([
      { name: 'create_file', arguments: { filePath: 'hello.txt', content: 'Hello from Orcestator\n' } },
    ]);
  });

  it.each([
    [
      'Workspace folders:\n- /home/anna/project\n<userRequest>Create a.txt</userRequest>',
      '/home/anna/project/a.txt',
    ],
    [
      'Workspace folders:\n- C:\\work\\demo\n<userRequest>Create a.txt</userRequest>',
      'C:\\work\\demo\\a.txt',
    ],
    ['Create /tmp/x/a.txt', '/tmp/x/a.txt'],
    ['Create a.txt', 'a.txt'],
  ])('an absolute path where the tool wants one and the folder is known: %j', async (content, filePath) => {
    expect((await callsOf(content, { tools: [createFile] }))[0]?.arguments.filePath).toBe(filePath);
  });

  it('without a file tool the first one, or the one that the user named', async () => {
    const tools = [tool('search'), tool('read_file')];
    expect((await callsOf('Hi', { tools }))[0]?.name).toBe('search');
    expect((await callsOf('Use read_file now', { tools }))[0]?.name).toBe('read_file');
  });

  it('required properties are filled by their types', async () => {
    const properties = {
      mode: { enum: ['fast', 'slow'] },
      count: { type: 'integer' },
      least: { type: 'number', minimum: 5 },
      isDeep: { type: 'boolean' },
      items: { type: 'array', items: string },
      some: { type: 'array', items: string, minItems: 1 },
      options: { type: 'object' },
      maybe: { anyOf: [{ type: 'null' }, { type: 'integer' }] },
      either: { type: ['null', 'boolean'] },
      optional: string,
    };
    const required = Object.keys(properties).filter((name) => name !== 'optional');
    expect((await callsOf('Hi', { tools: [tool('any', properties, required)] }))[0]?.arguments).toEqual({
      mode: 'fast',
      count: 1,
      least: 5,
      isDeep: true,
      items: [],
      some: ['example'],
      options: {},
      maybe: 1,
      either: true,
    });
  });

  it.each([
    ['none', 0],
    ['auto', 1],
    ['required', 1],
  ])('tool_choice %s', async (choice, calls) => {
    expect(await callsOf('Hi', { tools: [tool('search')], tool_choice: choice })).toHaveLength(calls);
  });

  it('tool_choice may name a function', async () => {
    const named = { type: 'function', function: { name: 'second' } };
    expect((await callsOf('Hi', { tools: [createFile, tool('second')], tool_choice: named }))[0]?.name).toBe(
      'second',
    );
  });

  it.each(['Create two files', 'Both, please', 'in parallel', 'Создай два файла', 'Сделай это параллельно'])(
    '%s: two calls',
    async (words) => {
      const fields = { tools: [tool('write', { path: string })] };
      const paths = (await callsOf(words, fields)).map(({ arguments: { path } }) => path);
      expect(paths).toEqual(['hello.txt', 'hello-2.txt']);
      expect(await callsOf(words, { ...fields, parallel_tool_calls: false })).toHaveLength(1);
    },
  );

  it('streams the call; each has an id of its own', async () => {
    const fields = { tools: [createFile], messages: [user('two files')] };
    const seen = await ask(stage.running, MODEL, { fields });
    expect(argumentsOf(seen).map((text) => Object.keys(JSON.parse(text) as object))).toEqual([
      ['filePath', 'content'],
      ['filePath', 'content'],
    ]);
    expect(new Set(seen.text.match(/call_\w+/g)).size).toBe(2);
  });

  it("after the tool's result a text mentions it; after the next question another call comes", async () => {
    const turn = [
      user('Create a.txt'),
      { role: 'assistant', content: null, tool_calls: [] },
      { role: 'tool', tool_call_id: 'x', content: 'File written' },
    ];
    const tools = [createFile];
    expect(await answer({ tools, messages: turn })).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('File written') },
    });
    expect(await answer({ tools, messages: [...turn, user('And b.txt')] })).toMatchObject({
      finish_reason: 'tool_calls',
    });
  });
});

describe('JSON mode', () => {
  const json = async (format: object) =>
    JSON.parse((await answer({ response_format: format }))?.message.content ?? '') as unknown;

  it('json_object: some object', async () => {
    expect(await json({ type: 'json_object' })).toEqual(expect.any(Object));
  });

  it('json_schema: an object that fills it', async () => {
    const schema = {
      type: 'object',
      properties: { name: string, age: { type: 'integer' }, tags: { type: 'array', items: string } },
      required: ['name', 'age', 'tags'],
    };
    expect(await json({ type: 'json_schema', json_schema: { name: 'x', schema } })).toEqual({
      name: 'example',
      age: 1,
      tags: [],
    });
  });
});
