/** What would be different: a copy of the present that is changed step by step, and each step can be taken back. */
import type { CoverageAsk, Hour } from '../wire/planning';
import type { Point } from './selection';

export interface Stand extends Point {
  unit: string;
}

export interface WhatIf {
  readonly stands: readonly Stand[];
  readonly away: readonly string[];
  /** Roads that would be closed: lines of `[lon, lat]`. */
  readonly closed: readonly (readonly [number, number])[][];
}

export const AS_IT_IS: WhatIf = { stands: [], away: [], closed: [] };

/** So many differences the server takes at once. */
export const MOST = 100;
/** And so many closed roads a reach. */
export const MOST_CLOSED = 20;

export type Change =
  | { tag: 'add'; at: readonly Point[] }
  | { tag: 'move'; unit: string; to: Point }
  | { tag: 'remove'; unit: string }
  | { tag: 'away'; unit: string }
  | { tag: 'back'; unit: string }
  | { tag: 'close'; line: readonly (readonly [number, number])[] }
  | { tag: 'open'; at: number }
  | { tag: 'clear' };

export function isAsItIs({ stands, away, closed }: WhatIf): boolean {
  return stands.length + away.length + closed.length === 0;
}

/** The same with one thing changed. What would be more than the server takes changes nothing. */
export function changed(now: WhatIf, change: Change): WhatIf {
  const next = apply(now, change);
  const many = next.stands.length + next.away.length + next.closed.length;
  return many > MOST || next.closed.length > MOST_CLOSED ? now : next;
}

function apply(now: WhatIf, change: Change): WhatIf {
  switch (change.tag) {
    case 'add':
      return { ...now, stands: change.at.reduce(withOne, now.stands) };
    case 'move':
      return {
        ...now,
        stands: now.stands.map((one) => (one.unit === change.unit ? { ...one, ...change.to } : one)),
      };
    case 'remove':
      return { ...now, stands: now.stands.filter(({ unit }) => unit !== change.unit) };
    case 'away':
      return now.away.includes(change.unit) ? now : { ...now, away: [...now.away, change.unit] };
    case 'back':
      return { ...now, away: now.away.filter((unit) => unit !== change.unit) };
    case 'close':
      return { ...now, closed: [...now.closed, change.line.map((point) => point)] };
    case 'open':
      return { ...now, closed: now.closed.filter((_, at) => at !== change.at) };
    case 'clear':
      return AS_IT_IS;
  }
}

/** `+1`, `+2`…: no unit is called so, hence it is a further one. A number that was used is not used again. */
function withOne(stands: readonly Stand[], { lon, lat }: Point): Stand[] {
  const used = stands.map(({ unit }) => Number(unit.slice(1)) || 0);
  return [...stands, { unit: `+${Math.max(0, ...used) + 1}`, lon, lat }];
}

/** The steps up to now; the oldest is forgotten when there are too many. */
export interface Steps {
  readonly past: readonly WhatIf[];
  readonly now: WhatIf;
}

export const NO_STEPS: Steps = { past: [], now: AS_IT_IS };
const MOST_STEPS = 100;

export function stepped(steps: Steps, change: Change): Steps {
  const next = changed(steps.now, change);
  if (next === steps.now) return steps;
  return { past: [...steps.past, steps.now].slice(-MOST_STEPS), now: next };
}

export function undone({ past, now }: Steps): Steps {
  const last = past.at(-1);
  return last === undefined ? { past, now } : { past: past.slice(0, -1), now: last };
}

export function asked({ stands, away, closed }: WhatIf): CoverageAsk['what_if'] {
  return { stands: stands.map((one) => ({ ...one })), away: [...away], closed: closed.map(lineOf) };
}

export function lineOf(line: readonly (readonly [number, number])[]): {
  type: 'LineString';
  coordinates: number[][];
} {
  return { type: 'LineString', coordinates: line.map(([lon, lat]) => [lon, lat]) };
}

/** A share in percent with one digit, cut as the server cuts it: 99.96 is not 100. Null of nothing. */
export function percent(part: number, of: number): number | null {
  return of === 0 ? null : Math.floor((part / of) * 1000) / 10;
}

/** `87.9 %`, or a dash of nothing. */
export function percentText(part: number, of: number): string {
  const share = percent(part, of);
  return share === null ? '—' : `${share.toFixed(1)} %`;
}

/** How well an hour is covered: by its share within a limit. Hours of few calls say little. */
export type Grade = 'none' | 'few' | 'low' | 'middle' | 'good' | 'full';
const FEW = 5;

export function gradeOf({ total, covered }: Hour, limit: number): Grade {
  const share = percent(covered[limit] ?? 0, total);
  if (share === null) return 'none';
  if (total < FEW) return 'few';
  if (share < 80) return 'low';
  if (share < 90) return 'middle';
  return share < 98 ? 'good' : 'full';
}

/** The id that a title is published under: letters, digits and hyphens; null when none of them is in it. */
export function idOf(title: string): string | null {
  const id = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  return id === '' ? null : id;
}
