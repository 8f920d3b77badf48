/**
 * Where a wall looks: a tour of the whole city and of what is most urgent, which nobody has to steer.
 *
 * One value and functions from value to value; the page calls `toured` once a second and a function for each key. A wall
 * that obeys a desk shows the desk's scene instead, and this goes on beneath it.
 */

/** How long each stop stays, milliseconds. */
export const CITY_MS = 40_000;
export const INCIDENT_MS = 20_000;
/** After a touch of key or mouse the tour waits for so long. */
export const PAUSE_MS = 120_000;
/** A new urgent incident takes the map for so long unless somebody acknowledges it; while another waits, for less. */
export const BREAK_MS = 60_000;
export const BREAK_SHORT_MS = 20_000;
/** Held by hand the tour goes on by itself after so long: a wall that an elbow stopped must not stay so for a night. */
export const HOLD_MS = 15 * 60_000;
/** Break-ins that may wait. What comes when it is full does not take the map; it is in the list and in the tour. */
export const MOST_WAITING = 8;
/** Stops of the tour besides the city: one for each key from 1 to 9. */
export const MOST_STOPS = 9;

/** Null is the whole city, else an incident. */
export type Stop = string | null;

/** An open incident of priority 1, and the event that it belongs to: the first report's id. */
export interface Urgent {
  id: string;
  event: string;
}

export interface Tour {
  readonly at: Stop;
  readonly since_ms: number;
  /** The tour waits until then, because somebody touched a key; 0 when nobody did. */
  readonly paused_ms: number;
  /** Held by hand until then; 0 when it is not. */
  readonly held_ms: number;
  /** Nothing but a desk moves the map. */
  readonly locked: boolean;
  /** What has broken in, and when. */
  readonly breaking: { readonly id: string; readonly since_ms: number } | null;
  /** What will break in after it, first first. */
  readonly waiting: readonly string[];
  /** Urgent ones and their events that are known, so that one event breaks in once. Null before the first picture. */
  readonly known: ReadonlyMap<string, string> | null;
}

export function newTour(now_ms: number): Tour {
  return {
    at: null,
    since_ms: now_ms,
    paused_ms: 0,
    held_ms: 0,
    locked: false,
    breaking: null,
    waiting: [],
    known: null,
  };
}

/** What the tour shows. */
export function shownOf(tour: Tour): Stop {
  return tour.breaking !== null && !tour.locked ? tour.breaking.id : tour.at;
}

/** Whether the tour moves by itself now. */
export function moves(tour: Tour, now_ms: number): boolean {
  return !tour.locked && now_ms >= tour.paused_ms && now_ms >= tour.held_ms;
}

/**
 * The tour at this moment: what is new breaks in, what had its time goes, what ended is left.
 *
 * `stops` are the incidents of the tour in their order; `open` says whether an incident can still be shown.
 */
export function toured(
  tour: Tour,
  urgent: readonly Urgent[],
  stops: readonly string[],
  open: (id: string) => boolean,
  now_ms: number,
): Tour {
  let next = heard(tour, urgent);
  next = broken(next, open, now_ms);
  if (next.breaking !== null && !next.locked) return next;
  if (next.at !== null && !open(next.at) && !next.locked) return stepped(next, stops, 1, now_ms);
  const stay_ms = next.at === null ? CITY_MS : INCIDENT_MS;
  if (!moves(next, now_ms) || now_ms - next.since_ms < stay_ms) return next;
  return stops.length === 0 && next.at === null
    ? { ...next, since_ms: now_ms }
    : stepped(next, stops, 1, now_ms);
}

/** Takes in who is urgent now. What stood there at the first picture is no news. */
function heard(tour: Tour, urgent: readonly Urgent[]): Tour {
  const known = new Map(urgent.map(({ id, event }) => [id, event]));
  if (tour.known === null) return { ...tour, known };
  const events = new Set([...tour.known.keys(), ...tour.known.values()]);
  const fresh: string[] = [];
  for (const { id, event } of urgent) {
    // A further call of an event that is known is a row in the list, no second alarm.
    if (!events.has(id) && !events.has(event)) fresh.push(id);
    events.add(id);
    events.add(event);
  }
  if (fresh.length === 0 && same(known, tour.known)) return tour;
  return { ...tour, known, waiting: [...tour.waiting, ...fresh].slice(0, MOST_WAITING) };
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([id, event]) => b.get(id) === event);
}

/** Ends a break-in that had its time or is over, and begins the next. */
function broken(tour: Tour, open: (id: string) => boolean, now_ms: number): Tour {
  const waiting = tour.waiting.filter(open);
  const stay_ms = waiting.length > 0 ? BREAK_SHORT_MS : BREAK_MS;
  const { breaking } = tour;
  if (breaking !== null && open(breaking.id) && now_ms - breaking.since_ms < stay_ms)
    return waiting.length === tour.waiting.length ? tour : { ...tour, waiting };
  return breaking === null && waiting.length === 0 && tour.waiting.length === 0
    ? tour
    : nextBreak({ ...tour, waiting }, now_ms);
}

function nextBreak(tour: Tour, now_ms: number): Tour {
  const [id, ...waiting] = tour.waiting;
  // The stop that was left begins anew.
  if (id === undefined) return { ...tour, breaking: null, waiting, since_ms: now_ms };
  return { ...tour, breaking: { id, since_ms: now_ms }, waiting };
}

/** Somebody has seen it: the next, or back to the tour. */
export function acknowledged(tour: Tour, now_ms: number): Tour {
  return tour.breaking === null ? tour : nextBreak(tour, now_ms);
}

/** The stop before or after this one, the city among them; from a place that is none, the city. */
export function stepped(tour: Tour, stops: readonly string[], by: 1 | -1, now_ms: number): Tour {
  const ring: readonly Stop[] = [null, ...stops];
  const here = ring.indexOf(tour.at);
  const at = here < 0 ? null : (ring[(here + by + ring.length) % ring.length] ?? null);
  return { ...tour, at, since_ms: now_ms };
}

/** Somebody wants to see that now. A break-in makes way: whoever has the hand on the keys has seen it. */
export function jumped(tour: Tour, at: Stop, now_ms: number): Tour {
  return { ...touched(tour, now_ms), at, since_ms: now_ms, breaking: null };
}

/** Somebody touched something: the tour waits. */
export function touched(tour: Tour, now_ms: number): Tour {
  return { ...tour, paused_ms: now_ms + PAUSE_MS };
}

/** Holds the tour, or lets it go on at once. */
export function held(tour: Tour, now_ms: number): Tour {
  return moves({ ...tour, locked: false }, now_ms)
    ? { ...tour, held_ms: now_ms + HOLD_MS }
    : { ...tour, held_ms: 0, paused_ms: 0, since_ms: now_ms };
}

/** Locks the view as it is, or lets go. */
export function locked(tour: Tour, now_ms: number): Tour {
  return tour.locked
    ? { ...tour, locked: false, since_ms: now_ms }
    : { ...tour, at: shownOf(tour), locked: true, since_ms: now_ms };
}
