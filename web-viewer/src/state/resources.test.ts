import { beforeEach, expect, it } from 'vitest';
import type { Answer } from '../wire/client';
import type { Resource, ResourcesOfKind, Zoning } from '../wire/zones';
import { chosenIncident } from './desk';
import { makeResources, resources, sayState } from './resources';

const kinds: ResourcesOfKind[] = [{ kind: 'aed', nearest: [] }];
const said = (value: object) => ({ state: { value, source: 'x', at: '' } }) as unknown as Resource;

function rig(...answers: Answer<{ resources: ResourcesOfKind[] }>[]) {
  const asked: string[] = [];
  const api = {
    resources: async (incident: string, k: number) => {
      asked.push(`${incident} ${k}`);
      return answers.shift() ?? { tag: 'ok', value: { resources: kinds } };
    },
  } as unknown as Zoning;
  return { asked, made: makeResources({ api, now: () => 5 }) };
}

beforeEach(() => {
  chosenIncident.set('i1');
  resources.set(null);
});

it('nobody asks before the list is opened, and a second click closes it', async () => {
  const { asked, made } = rig();
  expect(asked).toEqual([]);
  await made.toggle('i1');
  expect(resources.get()).toEqual({ incident: 'i1', part: { tag: 'ok', value: kinds, at_ms: 5 } });
  await made.toggle('i1');
  expect([resources.get(), asked]).toEqual([null, ['i1 3']]);
});
it('what comes late for another incident is not shown', async () => {
  const { made } = rig();
  const asking = made.toggle('i1');
  chosenIncident.set('i2');
  await asking;
  expect(resources.get()).toBe(null);
});
it('a refusal stands in words', async () => {
  const { made } = rig({ tag: 'refused', status: 422, code: 'NOT-LOCATED', detail: 'no place yet' });
  await made.toggle('i1');
  expect(resources.get()?.part).toEqual({ tag: 'refused', detail: 'no place yet' });
});
it('a state is said in the words that came', () => {
  expect(sayState(said({ beds: 4, open: true, burns: false, at: 'gate 2' }))).toBe(
    'beds 4, open ✓, burns ✗, at gate 2',
  );
  expect(sayState({} as Resource)).toBe('');
});
