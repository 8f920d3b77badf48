import type { StyleGroup } from '../wire/answers';
import { cell } from './cell';

/** What the layer panel always lists, in this order; a layer the style does not hold is greyed, not hidden. */
export const LAYERS = [
  'units',
  'people',
  'houses',
  'enterprises',
  'cameras',
  'places',
  'grids',
  'jurisdictions',
  'roads',
  'buildings',
  'water',
  'land',
] as const;
export type LayerName = (typeof LAYERS)[number];

export function isLayer(name: string): name is LayerName {
  return (LAYERS as readonly string[]).includes(name);
}

/** The groups of the style in force; empty until there is one. */
export const groups = cell<readonly StyleGroup[]>([]);
/** Which groups are drawn, by group id. */
export const shown = cell<Readonly<Record<string, boolean>>>({ units: true });
/** True once somebody has switched something: only then does the address carry the list. */
export const switched = cell(false);

export function toggle(id: string): void {
  const now = shown.get();
  switched.set(true);
  shown.set({ ...now, [id]: !now[id] });
}

/** What is a pattern from afar, and hides what matters. */
export const BUSY: ReadonlySet<string> = new Set(['people', 'houses', 'enterprises', 'cameras']);

let kept: readonly string[] = [];

/** Busy layers make room for a picture of the whole ground, and come back after it; who wants them meanwhile has them. */
export function makeRoom(on: boolean): void {
  const now = shown.get();
  const change = on ? Object.keys(now).filter((id) => BUSY.has(id) && now[id]) : kept;
  kept = on ? change : [];
  if (change.length > 0) shown.set({ ...now, ...Object.fromEntries(change.map((id) => [id, !on])) });
}

/** What to draw when a style arrives: the address's list if it has one, else what is drawn now, else the style's own. */
export function firstShown(
  list: readonly StyleGroup[],
  now: Readonly<Record<string, boolean>>,
  asked: readonly string[] | null,
): Record<string, boolean> {
  const out: Record<string, boolean> = { units: asked ? asked.includes('units') : (now.units ?? true) };
  for (const { id, on } of list) out[id] = asked ? asked.includes(id) : (now[id] ?? on);
  return out;
}
