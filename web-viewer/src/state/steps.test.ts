import { expect, it } from 'vitest';
import { NO_DESK } from '../live/incidents';
import type { Assignment, Incident } from '../wire/operations';
import { distressOf, lastEnded, mayDecline, nextStep, openOrders, ordersOf, stateShown } from './steps';

it('each state has one next step, and what is over has none', () => {
  const walk = ['offered', 'delivered', 'accepted', 'en_route', 'arrived'].map(nextStep);
  expect(walk).toEqual(['accept', 'accept', 'depart', 'arrive', 'clear']);
  expect(nextStep('expired')).toBe('accept');
  for (const over of ['cleared', 'declined', 'recalled', 'preempted', 'planned', 'whatever'])
    expect(nextStep(over)).toBeNull();
});

const shown = (state: string, waits: string[], expected: string) =>
  expect(stateShown(state, waits)).toBe(expected);

it('shows what was pressed on top of what the server said', () => {
  shown('delivered', ['accept'], 'accepted');
  shown('accepted', ['depart', 'arrive'], 'arrived');
  shown('offered', ['deliver'], 'offered');
  shown('delivered', ['accept', 'decline'], 'declined');
  shown('expired', ['accept'], 'accepted');
});
it('a server that is past a step is not shown behind it', () => {
  shown('arrived', ['depart'], 'arrived');
  shown('recalled', ['depart', 'arrive'], 'recalled');
  shown('cleared', ['arrive'], 'cleared');
});
it('an order is refused only until somebody is there', () => {
  expect(['offered', 'delivered', 'accepted', 'en_route', 'arrived', 'cleared'].map(mayDecline)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

const MIN = 60_000;
const at = (ms: number) => new Date(ms).toISOString();
function order(id: string, unit: string, state: string, times: Record<string, string> = {}): Assignment {
  return { id, unit, state, times } as unknown as Assignment;
}
function incident(
  id: string,
  priority: number,
  assignments: Assignment[],
  more: Partial<Incident> = {},
): Incident {
  return { id, priority, phase: 'responding', assignments, ...more } as Incident;
}
const deskWith = (...all: Incident[]) => ({
  ...NO_DESK,
  incidents: new Map(all.map((one) => [one.id, one])),
});
const ids = (list: { order: Assignment }[]) => list.map(({ order: { id } }) => id);

it('works on what is farthest along, then on what is more urgent, then on what is older', () => {
  const now = deskWith(
    incident('1', 3, [
      order('new', 'u', 'offered', { offered: at(5 * MIN) }),
      order('other', 'v', 'arrived'),
    ]),
    incident('2', 1, [order('urgent', 'u', 'offered', { offered: at(9 * MIN) })]),
    incident('3', 4, [order('there', 'u', 'arrived', { offered: at(1) })]),
    incident('4', 3, [
      order('old', 'u', 'offered', { offered: at(2 * MIN) }),
      order('gone', 'u', 'recalled'),
    ]),
  );
  expect(ids(openOrders(ordersOf(now, 'u')))).toEqual(['there', 'urgent', 'old', 'new']);
});

it('what ended lately is told of until it is put away', () => {
  const now = deskWith(
    incident('1', 2, [order('long ago', 'u', 'cleared', { cleared: at(0) })]),
    incident('2', 2, [order('recalled', 'u', 'recalled', { ended: at(100 * MIN) })]),
    incident('3', 2, [order('cleared', 'u', 'cleared', { cleared: at(90 * MIN) })]),
  );
  const orders = ordersOf(now, 'u');
  expect(lastEnded(orders, new Set(), 101 * MIN)?.order.id).toBe('recalled');
  expect(lastEnded(orders, new Set(['recalled']), 101 * MIN)?.order.id).toBe('cleared');
  expect(lastEnded(orders, new Set(['recalled']), 150 * MIN)).toBeNull();
});

it('finds the own call for help while it is open', () => {
  const help = incident('1', 1, [], { distress: 'u' });
  expect(distressOf(deskWith(help), 'u')?.id).toBe('1');
  expect(distressOf(deskWith(help), 'v')).toBeNull();
  expect(distressOf(deskWith({ ...help, phase: 'closed' }), 'u')).toBeNull();
});
