/** What a wall says in numbers and rows: pure, from what is known. */
import type { Fleet } from '../live/apply';
import { type Desk, hasEnded } from '../live/incidents';
import type { Incident } from '../wire/operations';
import type { TrendHour } from '../wire/walls';
import { ageClass } from './age';
import { isUnlocated, reported_ms, type Wait, waitOf } from './desk';
import { apart_m, placeOf } from './place';
import type { Urgent } from './tour';

/** Rows that a wall shows; each has a number key. */
export const ROWS = 9;
/** Reports of priority 1 within so many metres and milliseconds of each other are one event until somebody says otherwise. */
const SAME_M = 200;
const SAME_MS = 10 * 60_000;

export interface WallRow {
  incident: Incident;
  wait: Wait | null;
  waited_ms: number;
}

/** Open incidents by priority, the longest waiting first, and how many more there are than rows. */
export function rowsOf(desk: Desk, at_ms: number): { rows: WallRow[]; more: number } {
  const open = openOf(desk).sort(
    (a, b) => a.priority - b.priority || reported_ms(a) - reported_ms(b) || (a.id < b.id ? -1 : 1),
  );
  const rows = open.slice(0, ROWS).map((incident) => ({
    incident,
    wait: waitOf(incident, at_ms),
    waited_ms: Math.max(0, at_ms - reported_ms(incident)),
  }));
  return { rows, more: open.length - rows.length };
}

function openOf(desk: Desk): Incident[] {
  return [...desk.incidents.values()].filter((one) => !hasEnded(one));
}

/** Open incidents of priority 1, first reported first, each with the first report of its event. */
export function urgentOf(desk: Desk): Urgent[] {
  const all = openOf(desk).filter(({ priority }) => priority === 1);
  all.sort((a, b) => reported_ms(a) - reported_ms(b) || (a.id < b.id ? -1 : 1));
  const events: { id: string; all: Incident[] }[] = [];
  return all.map((incident) => {
    const event = events.find((one) => one.all.some((other) => isAlike(incident, other)));
    if (event === undefined) events.push({ id: incident.id, all: [incident] });
    else event.all.push(incident);
    return { id: incident.id, event: event?.id ?? incident.id };
  });
}

function isAlike(a: Incident, b: Incident): boolean {
  const [here, there] = [placeOf(a), placeOf(b)];
  const kinds = a.kind === b.kind || a.kind === 'unknown' || b.kind === 'unknown';
  if (here === null || there === null || !kinds) return false;
  return apart_m(here, there) <= SAME_M && Math.abs(reported_ms(a) - reported_ms(b)) <= SAME_MS;
}

/** Stops of the tour: of each urgent event the first report that has a place. */
export function stopsOf(desk: Desk, urgent: readonly Urgent[], most: number): string[] {
  const seen = new Set<string>();
  const stops: string[] = [];
  for (const { id, event } of urgent) {
    const one = desk.incidents.get(id);
    if (seen.has(event) || one === undefined || isUnlocated(one) || placeOf(one) === null) continue;
    seen.add(event);
    stops.push(id);
  }
  return stops.slice(0, most);
}

export interface Counts {
  /** Open ones by priority, 1 to 4. */
  open: readonly [number, number, number, number];
  /** Open ones of which a wait is past its time; null where no waits are told (a guest is told none). */
  late: number | null;
}

export function countsOf(desk: Desk, at_ms: number): Counts {
  const open: [number, number, number, number] = [0, 0, 0, 0];
  let late = 0;
  let timers = 0;
  for (const one of openOf(desk)) {
    const slot = Math.min(4, Math.max(1, one.priority)) - 1;
    open[slot] = (open[slot] ?? 0) + 1;
    timers += one.timers.length;
    if (waitOf(one, at_ms)?.tone === 'late') late += 1;
  }
  return { open, late: timers === 0 ? null : late };
}

/** The top of a scale on which all hours and what is usual have room: 4, 10, 20, 50, 100, 200… */
export function highest(hours: readonly TrendHour[]): number {
  const most = Math.max(4, ...hours.map(({ reported, usual }) => Math.max(reported, usual?.[1] ?? 0)));
  const power = 10 ** Math.floor(Math.log10(most));
  return most <= 4 ? 4 : ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

export interface UnitCounts {
  free: number;
  engaged: number;
  /** Not heard from for too long to be counted as either. */
  stale: number;
}

/** Units on duty. One that has not been heard of for long is neither free nor engaged: nobody knows. */
export function unitsOf(fleet: Fleet, at_ms: number): UnitCounts {
  const counts = { free: 0, engaged: 0, stale: 0 };
  for (const unit of fleet.units.values()) {
    if (unit.duty !== 'on_duty' && unit.duty !== '') continue;
    const age = ageClass(at_ms - unit.at_ms, unit.interval_s);
    if (age === 'stale' || age === 'gone') counts.stale += 1;
    else if (unit.availability === 'free' || unit.availability === 'soft') counts.free += 1;
    else counts.engaged += 1;
  }
  return counts;
}
