import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askHost } from '../../src/cli/control/control-client.ts';
import { type ControlRequest, readAnswer, readRequest } from '../../src/cli/control/control-messages.ts';
import { type Obey, serveControl } from '../../src/cli/control/control-server.ts';
import { createRuntime, TroupeError } from '../../src/index.ts';
import { temporaryFolder, troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

async function listening(store: string, obey: Obey) {
  const server = await serveControl(store, obey);
  if (server === null) throw new Error('nobody listens');
  onTestFinished(() => server.close());
  return server;
}

const deep = (folder: string): string => {
  const store = join(folder, ...Array.from({ length: 6 }, () => 'a-folder-with-a-long-name'));
  mkdirSync(store, { recursive: true });
  return store;
};

describe.each([
  ['in the store', (folder: string) => folder],
  ['elsewhere, where the path is too long for a socket', deep],
])('an ear %s', (_, place) => {
  it('hears requests in order, and answers each with what is run', async () => {
    const store = place(temporaryFolder());
    const heard: ControlRequest[] = [];
    await listening(store, async (request) => {
      heard.push(request);
      return ['x'];
    });
    const request: ControlRequest = { do: 'signal', run: 'x', name: 'go', payload: { text: 'ü\n"' } };
    expect(await askHost(store, request)).toEqual(['x']);
    expect(await askHost(store, { do: 'list' })).toEqual(['x']);
    expect(heard).toEqual([request, { do: 'list' }]);
  });

  it('gives back what goes wrong, with its code', async () => {
    const store = place(temporaryFolder());
    await listening(store, async () => {
      throw new TroupeError('RUN_ENDED', 'too late', { hint: 'look' });
    });
    await expect(askHost(store, { do: 'pause', run: 'x' })).rejects.toMatchObject({ code: 'RUN_ENDED', message: 'too late', hint: 'look' });
  });

  it('leaves nothing behind, and then nobody is there', async () => {
    const store = place(temporaryFolder());
    const server = await listening(store, async () => []);
    server.close();
    expect(await askHost(store, { do: 'list' })).toBeNull();
    expect(existsSync(join(store, 'control.sock')) || existsSync(join(store, 'control.json'))).toBe(false);
  });
});

describe('the ear', () => {
  it('is open to its owner only', async () => {
    const store = temporaryFolder();
    await listening(store, async () => []);
    expect(statSync(join(store, 'control.sock')).mode & 0o777).toBe(0o600);
  });

  it('takes the place of what a killed process left behind', async () => {
    const store = temporaryFolder();
    writeFileSync(join(store, 'control.sock'), '');
    writeFileSync(join(store, 'control.json'), '{"socket": "/nowhere/at/all"}');
    expect(await askHost(store, { do: 'list' })).toBeNull();
    await listening(store, async () => ['x']);
    expect(await askHost(store, { do: 'list' })).toEqual(['x']);
  });

  it('answers nonsense with an error and goes on', async () => {
    const store = temporaryFolder();
    await listening(store, async () => ['x']);
    const socket = connect(join(store, 'control.sock'));
    const answers = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.split('\n').length === 4) resolve(text);
      });
      socket.write('hello\n{"do":"destroy"}\n{"do":"list"}\n');
    });
    socket.destroy();
    expect(
      answers
        .trim()
        .split('\n')
        .map((line) => readAnswer(line)?.ok),
    ).toEqual([false, false, true]);
  });

  it('a host that leaves in the middle of a request is reported, not waited for', async () => {
    const store = temporaryFolder();
    const server = createServer((socket) => socket.on('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(join(store, 'control.sock'), resolve));
    onTestFinished(() => void server.close());
    await expect(askHost(store, { do: 'list' })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  });
});

describe('requests', () => {
  it('are read as they were written, and anything else is none', () => {
    const requests: ControlRequest[] = [
      { do: 'agents' },
      { do: 'agent', agent: 'ann', order: { do: 'drain', reason: 'on leave' } },
      { do: 'agent', agent: 'ann', order: { do: 'reset' } },
      { do: 'list' },
      { do: 'cancel', run: 'x', reason: 'y' },
      { do: 'pause', run: 'x' },
      { do: 'unpause', run: 'x' },
      { do: 'drop', letter: 'x/y#1', dropping: { by: 'ann', reason: 'done by hand' } },
      { do: 'resend', run: 'x', letter: 'x/x!3.1' },
      { do: 'signal', run: 'x', name: 'y', payload: [1] },
    ];
    for (const request of requests) expect(readRequest(JSON.stringify(request))).toEqual(request);
    for (const none of ['', '[]', '{"do":"cancel"}', '{"do":"pause","run":1}', '{"do":"signal","run":"x"}'])
      expect(readRequest(none)).toBeNull();
  });

  it('nothing that comes over a socket makes reading throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => [readRequest(text), readAnswer(text)]).not.toThrow();
      }),
    );
  });
});

describe('a cancel that is waited for', () => {
  const waiting = async () => {
    const cwd = folderWith({
      'workflow.yml': 'name: w\nsteps: [{ id: word, type: wait-for-signal, signal: go }]\n',
      'crew.yml': 'agents: { nobody: { kind: scripted, script: {} } }\n',
    });
    expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(4);
    return { cwd, store: join(cwd, '.troupe') };
  };
  const leaving = async (store: string, end: () => Promise<void>) => {
    const server = await listening(store, async ({ do: what }) => {
      if (what === 'list') return ['first'];
      await end();
      server.close();
      return [];
    });
  };

  it('has been heard, also where the process leaves with the run before it answers', async () => {
    const { cwd, store } = await waiting();
    await leaving(store, async () => {
      const runtime = await createRuntime({ store });
      const { resumed } = await runtime.resumeAll();
      await resumed[0]?.cancel('enough');
      await resumed[0]?.result();
      await runtime.stop();
    });
    expect(await troupe(['cancel', 'first', '--wait'], { cwd })).toMatchObject({
      code: 0,
      out: expect.stringContaining('Cancelled first.'),
    });
  });

  it('has not, where the run has not ended', async () => {
    const { cwd, store } = await waiting();
    await leaving(store, async () => undefined);
    expect(await troupe(['cancel', 'first', '--wait'], { cwd })).toMatchObject({ code: 6, err: expect.stringContaining('STORE_LOCKED') });
  });
});
