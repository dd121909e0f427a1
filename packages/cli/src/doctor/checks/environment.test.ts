import { answer, findingsOf, NOW, type WorldChanges } from '../testing';
import { clockCheck } from './clock';
import { exposureCheck } from './exposure';
import { nodeCheck } from './node';
import { windowsCheck } from './windows';

describe('Node.js', () => {
  it.each([
    ['24.21.0', 'ok'],
    ['22.12.0', 'ok'],
    ['20.19.0', 'warning'],
    ['25.1.0', 'warning'],
    ['20.18.3', 'problem'],
    ['18.20.0', 'problem'],
  ])('%s: %s', async (nodeVersion, level) => {
    const [finding] = await findingsOf(nodeCheck, { nodeVersion });
    expect(finding).toMatch(new RegExp(`^${level}: Node.js ${nodeVersion}`));
  });

  it('says when certificates are not checked, or the extra ones are not there', async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '/ca.pem' };
    const files = {
      exists: () => false,
      isFolder: () => true,
      isWritable: () => true,
      freeBytes: () => Promise.resolve(undefined),
    };
    const text = (await findingsOf(nodeCheck, { env, files })).join('\n');
    expect(text).toContain('warning: NODE_TLS_REJECT_UNAUTHORIZED=0');
    expect(text).toContain('problem: NODE_EXTRA_CA_CERTS: файла /ca.pem нет');
  });
});

describe('the clock', () => {
  const at = (seconds: number, headers: Record<string, string> = {}): WorldChanges => ({
    askUpstream: () =>
      Promise.resolve(
        answer({}, { headers: { date: new Date(NOW.getTime() - seconds * 1000).toUTCString(), ...headers } }),
      ),
  });

  it.each([
    [10, {}, 'ok'],
    [-90, {}, 'warning'],
    [90, {}, 'warning'],
    [3_600, {}, 'problem'],
    // A cached answer is as old as it says.
    [3_600, { age: '3590' }, 'ok'],
  ])('%d s behind, %j: %s', async (seconds, headers, level) => {
    expect((await findingsOf(clockCheck, at(seconds, headers)))[0]).toMatch(new RegExp(`^${level}`));
  });

  it('is not judged without a date', async () => {
    expect(
      await findingsOf(clockCheck, { askUpstream: () => Promise.reject(new Error('no network')) }),
    ).toEqual([]);
  });
});

describe('who can use the gateway', () => {
  it.each([
    [{ host: '127.0.0.1' }, /^ok/],
    [{ host: '::1' }, /^ok/],
    [{ host: '0.0.0.0' }, /^warning: шлюз виден всей сети/],
    [{ host: '0.0.0.0', clientKeys: ['k'] }, /^ok: шлюз ждёт ключ/],
    [{ host: '127.0.0.1', allowedOrigins: ['*'] }, /^warning: OR_ALLOWED_ORIGINS/],
  ])('%j', async (config, expected) => {
    expect((await findingsOf(exposureCheck, { config }))[0]).toMatch(expected);
  });
});

describe('Windows', () => {
  it('has nothing to say elsewhere', async () => {
    expect(await findingsOf(windowsCheck)).toEqual([]);
  });

  it('minds long, shared and synchronised folders', async () => {
    const of = async (folder: string): Promise<string> =>
      (await findingsOf(windowsCheck, { platform: 'win32', folder })).join('\n');
    expect(await of(`C:\\${'long'.repeat(30)}`)).toContain('warning: длинный путь');
    expect(await of('C:\\Users\\Ann\\OneDrive - Firm\\orcestator')).toContain(
      'warning: проект лежит в OneDrive',
    );
    expect(await of('\\\\server\\share\\orcestator')).toContain('warning: проект лежит на сетевом диске');
    expect(await of('C:\\orcestator')).not.toContain('warning');
  });
});
