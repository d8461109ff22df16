/** A host whose command floods it: says how much memory it takes at its most beyond what it took before. Run as a program by a test. */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { ran } from './children.ts';

const MB = 1024 * 1024;
/** The most memory this process ever had, bytes. */
const most = (): number =>
  platform() === 'linux'
    ? Number(/VmHWM:\s+(\d+)/u.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
    : process.resourceUsage().maxRSS * 1024;

const [stream = 'stdout', lines = 'no'] = process.argv.slice(2);
const chunk = `Buffer.alloc(1e6, ${lines === 'lines' ? `'${'x'.repeat(99)}\\n'` : `'x'`})`;
const program = `const chunk = ${chunk}; let n = 0;
  const go = () => { while (n++ < 100) if (!process.${stream}.write(chunk)) return process.${stream}.once('drain', go); }; go();`;

// the first child costs what every child costs: code that is loaded, buffers that stay
await ran(`console.log('hello')`);
const before = process.memoryUsage.rss();
const report = await ran(program, { graceMs: 100 });
const figures = { beforeMb: Math.round(before / MB), mostMb: Math.round(most() / MB), growthMb: Math.round((most() - before) / MB) };
console.log(JSON.stringify({ code: report.ok ? 'completed' : report.error.code, ...figures }));
