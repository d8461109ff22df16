import type { Json, Work } from 'troupe';
import { describe, expect, test } from 'vitest';
import { play } from './opened-example.ts';

const yes = { at: 1_000, do: 'answer', step: 'go-on', by: 'ann', decision: 'approve' } as const;
const REGIONS_BACK = ['roll-out[2]/deploy', 'roll-out[1]/deploy', 'roll-out[0]/deploy', 'canary'];

describe('a hotfix that is worse than the bug', () => {
  test('is taken back from everywhere, the last first, with what each deployment gave', async () => {
    const asked: Json[] = [];
    const operator = ({ task }: Work) => {
      asked.push([task.undoes ?? task.step, task.params.withdraw ?? null]);
      return { release: `release of ${task.step}` };
    };
    const end = await play('hotfix', { recasting: { operator }, happenings: [yes] });
    expect([end.status, end.failedStep, end.view.undone, end.view.notUndone]).toEqual(['failed', 'verify', REGIONS_BACK, []]);
    expect(asked.slice(4)).toEqual([...REGIONS_BACK.map((step) => [step, `release of ${step}`]), ['tell', null]]);
  });

  test('names what cannot be taken back, and takes back the rest', async () => {
    const told: Json[] = [];
    const operator = ({ task }: Work) => {
      if (task.step === 'tell') told.push(task.params.left ?? null);
      if (task.undoes === 'roll-out[1]/deploy') throw new Error('no way back');
      return { release: task.step };
    };
    const end = await play('hotfix', { recasting: { operator }, happenings: [yes] });
    expect(end.view.undone).toEqual(REGIONS_BACK.filter((step) => step !== 'roll-out[1]/deploy'));
    expect(end.view.notUndone.map(({ step, error }) => [step, error.code])).toEqual([['roll-out[1]/deploy', 'COMPENSATION_FAILED']]);
    expect(told).toEqual([[{ step: 'roll-out[1]/deploy', reason: 'its undoing has failed 3 times: no way back' }]]);
  });

  test('does not go out without leave: then the canary is taken back', async () => {
    const end = await play('hotfix', { happenings: [{ ...yes, decision: 'reject', reason: 'not on a friday' }] });
    expect([end.failure?.code, end.view.undone]).toEqual(['APPROVAL_REJECTED', ['canary']]);
  });

  test('is taken back when it is cancelled on its way', async () => {
    const end = await play('hotfix', { happenings: [yes, { at: 1_300, do: 'cancel', reason: 'wrong branch' }] });
    expect([end.status, end.view.undone]).toEqual(['cancelled', ['roll-out[0]/deploy', 'canary']]);
  });

  test('stays where it works', async () => {
    const end = await play('hotfix', { recasting: { monitor: () => 'all well' }, happenings: [yes] });
    expect([end.status, end.outputs, end.view.undone]).toEqual(['completed', { build: 'login-1.4.1' }, []]);
  });
});
