/** Where the value of a setting comes from, and what happens when it is wrong. */
import { loadConfig, type ConfigCheck, type ConfigSources, type LoadedConfig } from './load-config';
import { defineConfig } from './option';
import { boolean, integer, list, port, text } from './parsers';

interface Config {
  host: string;
  port: number;
  slots: number;
  origins: string[];
  ssl: boolean;
  key: string;
}

const table = defineConfig<Config>({
  host: { flags: ['host'], env: ['T_HOST'], help: 'адрес', parse: text, default: '127.0.0.1' },
  port: {
    flags: ['port', 'listen-port'],
    env: ['T_PORT', 'OLD_PORT'],
    help: 'порт',
    parse: port,
    default: 8000,
  },
  slots: { flags: ['slots'], help: 'места', parse: integer(1, 9), default: 5 },
  origins: { flags: ['origins'], env: ['T_ORIGINS'], help: 'источники', parse: list, default: ['*'] },
  ssl: { flags: ['ssl'], env: ['T_SSL'], help: 'HTTPS', parse: boolean, default: false, isSwitch: true },
  key: {
    env: ['T_KEY'],
    help: 'ключ',
    isSecret: true,
    default: '',
    parse: (value) => {
      if (value.startsWith('key-')) return value;
      throw new Error(`"${value}" is not a key`);
    },
  },
});

function load(sources: Partial<ConfigSources> = {}, check?: ConfigCheck<Config>): LoadedConfig<Config> {
  const description = { name: 'tiny', description: 'Пример.', version: '1.2.3', epilogue: 'Конец.' };
  return loadConfig(description, table, { argv: [], env: {}, dotEnv: {}, ...sources }, check);
}

function configOf(sources: Partial<ConfigSources> = {}): Readonly<Config> {
  const loaded = load(sources);
  if (!loaded.ok) throw new Error(loaded.output);
  return loaded.config;
}

function problemsOf(sources: Partial<ConfigSources>): readonly string[] {
  const loaded = load(sources);
  if (loaded.ok || loaded.exitCode === 0) throw new Error('no problems were found');
  return loaded.problems;
}

describe('the source of a value', () => {
  const argv = ['--host', 'flag'];
  const env = { T_HOST: 'env' };
  const dotEnv = { T_HOST: 'dotenv' };

  it('is the flag before all others', () => {
    expect(configOf({ argv, env, dotEnv }).host).toBe('flag');
  });

  it('is the environment before .env', () => {
    expect(configOf({ env, dotEnv }).host).toBe('env');
  });

  it('is .env before the default', () => {
    expect(configOf({ dotEnv }).host).toBe('dotenv');
  });

  it('is the default when nothing is given', () => {
    expect(configOf()).toEqual({
      host: '127.0.0.1',
      port: 8000,
      slots: 5,
      origins: ['*'],
      ssl: false,
      key: '',
    });
  });

  it('may be a further spelling of the flag or of the variable', () => {
    expect(configOf({ argv: ['--listen-port', '81'] }).port).toBe(81);
    expect(configOf({ env: { OLD_PORT: '82' } }).port).toBe(82);
  });

  it('is the first name of the variable before the further ones', () => {
    expect(configOf({ env: { OLD_PORT: '82', T_PORT: '83' } }).port).toBe(83);
  });

  it('is a further name in the environment before the first name in .env', () => {
    expect(configOf({ env: { OLD_PORT: '82' }, dotEnv: { T_PORT: '83' } }).port).toBe(82);
  });

  it('is never an empty variable', () => {
    expect(configOf({ env: { T_HOST: '', T_PORT: '  ' }, dotEnv }).host).toBe('dotenv');
    expect(configOf({ env: { T_PORT: '  ' } }).port).toBe(8000);
  });

  it('is the last of a repeated flag', () => {
    expect(configOf({ argv: ['--port', '1', '--listen-port', '2'] }).port).toBe(2);
  });
});

describe('flags', () => {
  it('may carry their value behind an equals sign', () => {
    expect(configOf({ argv: ['--port=90', '--origins=a=b,c'] })).toMatchObject({
      port: 90,
      origins: ['a=b', 'c'],
    });
  });

  it('without a value are switches, which variables may set as well', () => {
    expect(configOf({ argv: ['--ssl', '--port', '1'] })).toMatchObject({ ssl: true, port: 1 });
    expect(configOf({ env: { T_SSL: 'yes' } }).ssl).toBe(true);
  });
});

it('the configuration cannot be changed', () => {
  expect(Object.isFrozen(configOf())).toBe(true);
});

describe('problems', () => {
  it('are told all at once, each with its flag and variable', () => {
    const argv = ['--slots', '0', '--bogus', '--port'];
    expect(problemsOf({ argv, env: { T_SSL: 'perhaps', T_PORT: 'x', T_KEY: 'y' } })).toEqual([
      '--port / T_PORT: the value is missing',
      'unknown argument: --bogus',
      '--port / T_PORT: "x" is not a port (0 to 65535)',
      '--slots: "0" is not a whole number (1 to 9)',
      '--ssl / T_SSL: "perhaps" is neither true nor false',
      'T_KEY: the value is not valid',
    ]);
  });

  it('are printed as a list, with the way to the help', () => {
    expect(load({ argv: ['--slots', 'x'] })).toMatchObject({
      exitCode: 2,
      output: 'tiny cannot start:\n  - --slots: "x" is not a whole number (1 to 9)\nAll settings: --help\n',
    });
  });

  it('of a further spelling name the first one', () => {
    expect(problemsOf({ argv: ['--listen-port'] })).toEqual(['--port / T_PORT: the value is missing']);
  });

  it('are unknown flags and stray words', () => {
    expect(problemsOf({ argv: ['stray', '--bogus', '--', 'more'] })).toEqual([
      'unknown argument: stray',
      'unknown argument: --bogus',
      'unknown argument: more',
    ]);
  });

  it('never repeat a secret', () => {
    const loaded = load({
      env: { T_KEY: 'hunter22' },
      argv: ['--key', 'hunter22', '--api-key=hunter22', 'sk-or-v1-hunter22'],
    });
    expect(loaded).toMatchObject({ ok: false, exitCode: 2 });
    expect(JSON.stringify(loaded)).not.toContain('hunter22');
  });

  it('of several settings together are looked for only when each is right', () => {
    const check = jest.fn(() => ['the two do not fit']);
    expect(load({ argv: ['--slots', 'x'] }, check)).toMatchObject({
      problems: [expect.stringContaining('--slots')],
    });
    expect(check).not.toHaveBeenCalled();
    expect(load({ argv: ['--slots', '3'] }, check)).toMatchObject({ problems: ['the two do not fit'] });
    expect(check).toHaveBeenCalledWith(expect.objectContaining({ slots: 3 }));
  });
});

describe('help', () => {
  const helpOf = (argv: string[]): string => {
    const loaded = load({ argv });
    if (loaded.ok || loaded.exitCode !== 0) throw new Error('no help');
    return loaded.output;
  };

  it.each(['--help', '-h'])('%s wins over every problem', (flag) => {
    expect(load({ argv: ['--slots', 'x', '--bogus', flag] })).toMatchObject({ ok: false, exitCode: 0 });
  });

  it('has no English but names and placeholders', () => {
    const words = helpOf(['--help']).replaceAll(/--[a-z-]+|-h\b|<value>|\b[A-Z_]+\b|\btiny\b/g, '');
    expect(words.match(/[A-Za-z]{2,}/g)).toBeNull();
    expect(words).toMatch(/^Вызов: +\[параметры\]\n\nПример\.\n\nПараметры:/);
  });

  it('tells the variable and the default of each flag', () => {
    expect(helpOf(['--help'])).toMatch(/--port <value> +порт \(переменная T_PORT; по умолчанию 8000\)/);
    expect(helpOf(['--help'])).toMatch(
      /--origins <value> +источники \(переменная T_ORIGINS; по умолчанию \*\)/,
    );
  });

  it('lists the settings that have a variable only', () => {
    expect(helpOf(['--help'])).toMatch(/Только переменные среды:\n {2}T_KEY +ключ\n/);
  });

  it('hides further spellings and ends with the epilogue', () => {
    expect(helpOf(['--help'])).not.toContain('listen-port');
    expect(helpOf(['--help']).trimEnd()).toMatch(/Конец\.$/);
  });

  it.each(['--version', '-V'])('%s tells the version alone', (flag) => {
    expect(helpOf([flag])).toBe('1.2.3\n');
  });
});

describe('operands', () => {
  const description = {
    name: 'show',
    description: 'Пример.',
    version: '1.2.3',
    operands: [{ name: 'id', help: 'номер запроса', isRequired: true }],
  };
  const loadShow = (...argv: string[]) => loadConfig(description, table, { argv, env: {}, dotEnv: {} });

  it('are given apart from the settings', () => {
    expect(loadShow('--host', 'a', 'req-1', '--port', '1')).toMatchObject({
      ok: true,
      operands: ['req-1'],
      config: { host: 'a', port: 1 },
    });
  });

  it('are a problem when one is missing or one too many', () => {
    expect(loadShow()).toMatchObject({ problems: ['id is missing: номер запроса'] });
    expect(loadShow('req-1', 'req-2')).toMatchObject({ problems: ['unknown argument: req-2'] });
  });

  it('stand in the help', () => {
    const help = loadShow('--help');
    expect(help.ok ? '' : help.output).toMatch(/<id>[\s\S]*номер запроса/);
  });
});
