import type { LinkRow } from '../wire/live';

export type AgeClass = 'fresh' | 'fading' | 'stale' | 'gone';

/** How a page shows each link of the server's table; what is older than the table is lost, and off the map. */
const CLASSES: Record<string, AgeClass> = { live: 'fresh', late: 'fading', stale: 'stale' };

/** How old a position may be. The server sends the table with every picture; until then these lines hold. */
let table: readonly LinkRow[] = [
  { link: 'live', floor_s: 15, intervals: 2 },
  { link: 'late', floor_s: 60, intervals: 6 },
  { link: 'stale', floor_s: 300, intervals: 30 },
];

export function setLinks(rows: readonly LinkRow[] | undefined): void {
  if (rows !== undefined && rows.length > 0) table = rows;
}

/** By the table: up to a floor, or so many of the unit's own intervals, whichever is more. */
export function ageClass(age_ms: number, interval_s: number | null = null): AgeClass {
  const row = table.find((one) => age_ms / 1000 <= Math.max(one.floor_s, (interval_s ?? 0) * one.intervals));
  return row === undefined ? 'gone' : (CLASSES[row.link] ?? 'stale');
}

export interface Age {
  amount: number;
  unit: 's' | 'min' | 'h' | 'd';
}

/** Whole seconds, then minutes, hours, days. A fix from the future (a wrong device clock) counts as now. */
export function age(age_ms: number): Age {
  const s = Math.max(0, Math.floor(age_ms / 1000));
  if (s < 100) return { amount: s, unit: 's' };
  const min = Math.floor(s / 60);
  if (min < 100) return { amount: min, unit: 'min' };
  const h = Math.floor(min / 60);
  return h < 48 ? { amount: h, unit: 'h' } : { amount: Math.floor(h / 24), unit: 'd' };
}

/** `4:05`, `1:02:09`; without a sign. */
export function clockOf(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, min] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(min)}:${two(s % 60)}` : `${min}:${two(s % 60)}`;
}

export type LinkAge = 'good' | 'amber' | 'red';

/**
 * Amber over 5 whole seconds, red from 20. Whole seconds, because heartbeats come every 5 s and a few
 * milliseconds on the way must not make the strip blink.
 */
export function linkAge(age_ms: number): LinkAge {
  const s = Math.floor(age_ms / 1000);
  if (s >= 20) return 'red';
  return s > 5 ? 'amber' : 'good';
}

/** How long nothing was heard, by this machine's own clock; null: nothing yet. */
export function silenceOf(device_ms: number, heard_ms: number | null): number | null {
  return heard_ms === null ? null : Math.max(0, device_ms - heard_ms);
}

export type LinkStanding = 'off' | 'connecting' | LinkAge;

/**
 * How a link stands: by what the socket says of itself and how long nothing was heard (null: nothing yet). One that is
 * known to be lost is never shown as good, however young its last word is.
 */
export function linkStanding(
  link: 'off' | 'connecting' | 'open' | 'waiting',
  silence_ms: number | null,
): LinkStanding {
  if (link === 'off') return 'off';
  if (silence_ms === null) return 'connecting';
  const age = linkAge(silence_ms);
  return link !== 'open' && age === 'good' ? 'amber' : age;
}
