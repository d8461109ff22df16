import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Figure } from '../figure.ts';
import { elapsed, inTurn } from '../in-turn.ts';

const HELLO = `name: hello
steps:
  - id: hello
    type: persona-request
    persona: greeter
`;

const CREW = `agents:
  greeter:
    kind: scripted
    personas: [greeter]
    script:
      hello: { output: { text: Hello! } }
`;

/** `troupe --help` and a first run, as somebody at a terminal has them. Nothing where the command has not been built. */
export async function command(rounds: number, scratch: string, root: string): Promise<Figure[]> {
  const program = path.join(root, 'dist', 'cli.js');
  if (!fs.existsSync(program)) {
    console.error('dist/cli.js is not there: the command is not measured (npm run build makes it)');
    return [];
  }
  const workflow = path.join(scratch, 'hello.yml');
  const crew = path.join(scratch, 'crew.yml');
  fs.writeFileSync(workflow, HELLO);
  fs.writeFileSync(crew, CREW);
  const run = (args: readonly string[]) =>
    elapsed(() => {
      const { status, stderr, stdout } = spawnSync(process.execPath, [...args], { cwd: scratch, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
    });
  let stores = 0;
  const taken = await inTurn(rounds, {
    floor: () => run(['--eval', '0']),
    help: () => run([program, '--help']),
    hello: () => run([program, 'run', workflow, '--crew', crew, '--store', path.join(scratch, `hello-${++stores}`)]),
  });
  const common = { unit: 'ms', floor: taken.floor, floorIs: 'node --eval 0' } as const;
  return [
    { ...common, name: 'troupe --help', ours: taken.help, budget: { most: 120 }, bound: 'the start of node; then reading one bundle' },
    {
      ...common,
      name: 'troupe run of a hello workflow',
      ours: taken.hello,
      budget: { most: 2_000 },
      bound: 'the start of node and the loading of our code; the run itself syncs a few times',
    },
  ];
}
