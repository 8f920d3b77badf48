import { expect, it } from 'vitest';
import type { LiveMessage } from '../wire/live';
import type { Incident } from '../wire/operations';
import { applyToDesk, type Desk, NO_DESK, withAnswer } from './incidents';

const incident = (id: string, seq: number, more: Partial<Incident> = {}) =>
  ({ id, seq, version: 1, phase: 'pending', priority: 2, ...more }) as Incident;
const snapshot = (seq: number, incidents: Incident[] | undefined, more: object = {}) =>
  ({
    t: 'snapshot',
    seq,
    epoch: 1,
    now: '2026-11-22T04:00:00Z',
    revisions: {},
    units: [],
    incidents,
    ...more,
  }) as LiveMessage;
const event = (seq: number, id: string, one: Incident | null) =>
  ({ t: 'event', seq, epoch: 1, kind: 'x', at: '', by: 'd', id, incident: one }) as LiveMessage;
const after = (...messages: LiveMessage[]) => messages.reduce<Desk>(applyToDesk, NO_DESK);
const ids = (desk: Desk) => [...desk.incidents.keys()].sort();

it('a picture replaces what is open, and says that it was heard', () => {
  const desk = after(snapshot(5, [incident('a', 1), incident('b', 2)]), snapshot(9, [incident('c', 7)]));
  expect([ids(desk), desk.seq, desk.heard]).toEqual([['c'], 9, true]);
  expect(NO_DESK.heard).toBe(false);
});
it('who comes back keeps what it has', () => {
  const desk = after(
    snapshot(5, [incident('a', 1)]),
    snapshot(5, undefined, { resumed: true }),
    event(6, 'b', incident('b', 6)),
  );
  expect([ids(desk), desk.seq]).toEqual([['a', 'b'], 6]);
});
it('an event brings the incident as it is after it', () => {
  const desk = after(snapshot(5, [incident('a', 1)]), event(6, 'a', incident('a', 6, { priority: 1 })));
  expect(desk.incidents.get('a')?.priority).toBe(1);
});
it('what left the sight leaves the desk', () =>
  expect(ids(after(snapshot(5, [incident('a', 1)]), event(6, 'a', null)))).toEqual([]));
it('a late answer does not undo what the socket told', () => {
  const desk = after(snapshot(5, []), event(8, 'a', incident('a', 8, { phase: 'assigned' })));
  expect(withAnswer(desk, incident('a', 7)).incidents.get('a')?.phase).toBe('assigned');
});
it('what ended stays known through another picture, of the same log only', () => {
  const ended = event(6, 'a', incident('a', 6, { phase: 'closed' }));
  expect(ids(after(snapshot(5, [incident('a', 1)]), ended, snapshot(7, [])))).toEqual(['a']);
  expect(ids(after(snapshot(5, [incident('a', 1)]), ended, snapshot(7, [], { epoch: 2 })))).toEqual([]);
});
it('of ended ones the oldest go', () => {
  const many = Array.from({ length: 60 }, (_, n) =>
    event(n + 1, `i${n}`, incident(`i${n}`, n + 1, { phase: 'closed' })),
  );
  const desk = after(...many);
  expect([desk.incidents.size, desk.incidents.has('i9'), desk.incidents.has('i10')]).toEqual([
    50,
    false,
    true,
  ]);
});
