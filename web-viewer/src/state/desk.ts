import { type Desk, hasEnded, NO_DESK } from '../live/incidents';
import type { Incident, Timer } from '../wire/operations';
import { cell } from './cell';
import { apart_m, placeOf } from './place';
import type { Point } from './selection';

export const desk = cell<Desk>(NO_DESK);

/** When each source was last heard and what is not as it should be, as the last heartbeat says. */
export interface Beat {
  sources: Readonly<Record<string, { at: string | null; age_s: number | null }>>;
  alarms: readonly { code: string; detail: string; since: string }[];
}
export const beat = cell<Beat>({ sources: {}, alarms: [] });

/** The incident that is being looked at. */
export const chosenIncident = cell<string | null>(null);

export type Tab = 'open' | 'mine' | 'ended';

export function isUnlocated(incident: Incident): boolean {
  return incident.location.state === 'none' && !hasEnded(incident);
}

/** When somebody began to wait: the report, in milliseconds. */
export function reported_ms(incident: Incident): number {
  return Date.parse(incident.times.reported ?? '') || 0;
}

/** Unlocated ones first, then by priority, then the longest waiting first; ended ones, the latest first. */
export function queueOf(now: Desk, tab: Tab, user: string): Incident[] {
  const all = [...now.incidents.values()];
  if (tab === 'ended') return all.filter(hasEnded).sort((a, b) => b.seq - a.seq);
  return all
    .filter((one) => !hasEnded(one) && (tab === 'open' || one.owner === user))
    .sort(
      (a, b) =>
        Number(isUnlocated(b)) - Number(isUnlocated(a)) ||
        a.priority - b.priority ||
        reported_ms(a) - reported_ms(b) ||
        (a.id < b.id ? -1 : 1),
    );
}

export type Tone = 'calm' | 'warn' | 'late';

/** What an incident waits for most urgently. */
export interface Wait {
  kind: string;
  tone: Tone;
  /** How much of the time is used up, 0 to 1. */
  part: number;
  /** Until it goes off; negative when that is past. */
  left_ms: number;
}

/** The running timer that goes off first; of those that went off, one whose wait is not over. Null: nobody waits. */
export function waitOf(incident: Incident, at_ms: number): Wait | null {
  const running = incident.timers.filter((timer) => waits(incident, timer));
  const first = running.sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at))[0];
  if (first === undefined) return null;
  const [since, due] = [Date.parse(first.since), Date.parse(first.due_at)];
  const part = due > since ? (at_ms - since) / (due - since) : 1;
  return {
    kind: first.kind,
    tone: toneOf(first, at_ms),
    part: Math.min(1, Math.max(0, part)),
    left_ms: due - at_ms,
  };
}

/** How urgent a timer is: late once it has gone off or should have, and warned of before. */
export function toneOf(timer: Timer, at_ms: number): Tone {
  if (timer.state === 'fired' || at_ms >= Date.parse(timer.due_at)) return 'late';
  return at_ms >= Date.parse(timer.warn_at) ? 'warn' : 'calm';
}

function waits(incident: Incident, timer: Timer): boolean {
  if (timer.state === 'armed') return true;
  if (timer.state !== 'fired') return false;
  const state = incident.assignments.find(({ id }) => id === timer.assignment)?.state ?? '';
  switch (timer.kind) {
    case 'offer':
      return incident.phase === 'pending';
    case 'depart':
      return state === 'accepted';
    case 'arrive':
      return state === 'accepted' || state === 'en_route';
    case 'safety':
      return state === 'arrived';
    case 'feedback':
      return incident.phase === 'awaiting_feedback';
    case 'review':
      return incident.phase === 'awaiting_review';
    case 'receipt':
      return incident.phase === 'referred';
    default:
      return false;
  }
}

/** Two calls of the same kind (or of a kind not yet known) within so many metres and milliseconds may be one event. */
const SAME_M = 200;
const SAME_MS = 10 * 60_000;

/** Open incidents that a new report may belong to, nearest first. */
export function alike(
  now: Desk,
  at: Point,
  kind: string,
  at_ms: number,
): { incident: Incident; distance_m: number }[] {
  const near: { incident: Incident; distance_m: number }[] = [];
  for (const incident of now.incidents.values()) {
    const place = placeOf(incident);
    if (hasEnded(incident) || place === null) continue;
    const fits = kind === 'unknown' || incident.kind === 'unknown' || incident.kind === kind;
    const distance_m = apart_m(at, place);
    if (fits && distance_m <= SAME_M && at_ms - reported_ms(incident) <= SAME_MS)
      near.push({ incident, distance_m });
  }
  return near.sort((a, b) => a.distance_m - b.distance_m);
}

/** The order of an incident that a line of its timeline is about: the one that reached that state at that moment. */
export function orderOf(incident: Incident, kind: string, at: string): string | null {
  const slot = kind.replace(/^assignment\./, '');
  const name = (SLOTS as Readonly<Record<string, string>>)[slot];
  if (name === undefined || slot === kind) return null;
  const at_ms = Date.parse(at);
  const found = incident.assignments.find((one) => {
    const moment = (one.times as Readonly<Record<string, string | null | undefined>>)[name];
    return moment != null && Date.parse(moment) === at_ms;
  });
  return found?.unit ?? found?.org ?? null;
}

const SLOTS = {
  offered: 'offered',
  planned: 'planned',
  delivered: 'delivered',
  accepted: 'accepted',
  en_route: 'departed',
  arrived: 'arrived',
  cleared: 'cleared',
  declined: 'ended',
  expired: 'ended',
  recalled: 'ended',
  preempted: 'ended',
};
