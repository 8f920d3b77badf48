/** The steps of an order as a unit walks them, and which of its orders is the one to look at. */
import { type Desk, hasEnded } from '../live/incidents';
import type { Assignment, Incident } from '../wire/operations';

export type Step = 'accept' | 'depart' | 'arrive' | 'clear';

/** The one step that comes next; an order that lapsed can still be taken. Null: there is none. */
export function nextStep(state: string): Step | null {
  switch (state) {
    case 'offered':
    case 'delivered':
    case 'expired':
      return 'accept';
    case 'accepted':
      return 'depart';
    case 'en_route':
      return 'arrive';
    case 'arrived':
      return 'clear';
    default:
      return null;
  }
}

const LEADS_TO = {
  accept: 'accepted',
  depart: 'en_route',
  arrive: 'arrived',
  clear: 'cleared',
  decline: 'declined',
} as const;

const RANK = ['planned', 'offered', 'delivered', 'expired', 'accepted', 'en_route', 'arrived', 'cleared'];

/**
 * Where an order stands for whoever holds the phone: what the server said, and on top of it what was pressed and waits
 * to be sent. A step that the server is past already changes nothing.
 */
export function stateShown(state: string, pressed: readonly string[]): string {
  if (isOver(state) && state !== 'expired') return state;
  let shown = state;
  for (const step of pressed) {
    const to = (LEADS_TO as Readonly<Record<string, string>>)[step];
    if (to === undefined) continue;
    if (to === 'declined' || RANK.indexOf(to) > RANK.indexOf(shown)) shown = to;
  }
  return shown;
}

/** An order can be refused until somebody is there. */
export function mayDecline(state: string): boolean {
  return ['offered', 'delivered', 'accepted', 'en_route'].includes(state);
}

const OVER = new Set(['cleared', 'declined', 'expired', 'recalled', 'preempted']);

export function isOver(state: string): boolean {
  return OVER.has(state);
}

/** An order and what it is for. */
export interface OwnOrder {
  order: Assignment;
  incident: Incident;
}

/** All orders of a unit that the page knows. */
export function ordersOf(desk: Desk, unit: string): OwnOrder[] {
  return [...desk.incidents.values()].flatMap((incident) =>
    incident.assignments.filter((order) => order.unit === unit).map((order) => ({ order, incident })),
  );
}

/** The open orders, the one to work on first: the farthest along, else the more urgent, else the older. */
export function openOrders(orders: readonly OwnOrder[]): OwnOrder[] {
  const given = ({ order: { times } }: OwnOrder) => Date.parse(times.offered ?? times.planned ?? '') || 0;
  return orders
    .filter(({ order }) => !isOver(order.state))
    .sort(
      (a, b) =>
        RANK.indexOf(b.order.state) - RANK.indexOf(a.order.state) ||
        a.incident.priority - b.incident.priority ||
        given(a) - given(b),
    );
}

/** An order that ended a short while ago stays in sight, so that nobody drives on for a call that was recalled. */
const ENDED_SHOWN_MS = 30 * 60_000;

/** The order that ended last, unless somebody has put it away or it is long ago. */
export function lastEnded(
  orders: readonly OwnOrder[],
  putAway: ReadonlySet<string>,
  now_ms: number,
): OwnOrder | null {
  const ended = ({ order: { times } }: OwnOrder) => Date.parse(times.ended ?? times.cleared ?? '') || 0;
  const over = orders.filter(
    (one) => isOver(one.order.state) && !putAway.has(one.order.id) && now_ms - ended(one) < ENDED_SHOWN_MS,
  );
  return over.sort((a, b) => ended(b) - ended(a))[0] ?? null;
}

/** The unit's own call for help, while it is open. */
export function distressOf(desk: Desk, unit: string): Incident | null {
  return [...desk.incidents.values()].find((one) => one.distress === unit && !hasEnded(one)) ?? null;
}
