import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveRegion } from '../../src/cli/terminal/live-region.ts';
import { TerminalEmulator } from './terminal-emulator.ts';

const frame = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', ' ', '●'), minLength: 1, maxLength: 19 }).map((line) => line.trimEnd() || 'x'),
  {
    minLength: 1,
    maxLength: 9,
  },
);
const doing = fc.oneof(
  frame.map((lines) => ({ draw: lines })),
  fc.stringMatching(/^[a-z]{1,15}$/).map((print) => ({ print })),
);

describe('the live region', () => {
  it('shows what was drawn last, below everything that was printed above it, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(doing, { maxLength: 20 }), (done) => {
        const terminal = new TerminalEmulator(20, 10);
        const region = new LiveRegion(terminal);
        const printed: string[] = [];
        let drawn: readonly string[] = [];
        for (const each of done) {
          if ('draw' in each) {
            region.draw(each.draw);
            drawn = each.draw;
          } else {
            region.printAbove(each.print);
            printed.push(each.print);
          }
        }
        region.end();
        expect(terminal.screen).toEqual([...printed, ...drawn]);
        expect(terminal.wrapped).toBe(false);
        expect(terminal.cursorShown).toBe(true);
        expect(terminal.listeners).toBe(0);
      }),
    );
  });

  it('hides the cursor while it is up, and gives it back once', () => {
    const terminal = new TerminalEmulator(20, 10);
    const region = new LiveRegion(terminal);
    region.draw(['one']);
    expect(terminal.cursorShown).toBe(false);
    region.end();
    region.end();
    expect(terminal.cursorShown).toBe(true);
  });

  it('writes nothing when nothing has changed', () => {
    const terminal = new TerminalEmulator(20, 10);
    const region = new LiveRegion(terminal);
    region.draw(['one', 'two']);
    const written: string[] = [];
    terminal.write = (text) => written.push(text);
    region.draw(['one', 'two']);
    expect(written).toEqual([]);
  });
});
