/** The board: all open incidents by where they stand, for when a list is too long to be looked over. */
import { type Desk, hasEnded } from '../live/incidents';
import type { Incident } from '../wire/operations';
import { cell } from './cell';
import { queueOf } from './desk';

/** From so many open incidents on the queue points to the board. */
export const MANY = 12;
/** Cards of one column that are drawn at once; a button has the next. */
export const CARDS = 50;

export const boardOpen = cell(false);

/** Columns with the phases that stand in them; what is none of these waits like what was put off. */
export const COLUMNS = [
  { id: 'pending', phases: ['pending'] },
  { id: 'assigned', phases: ['assigned'] },
  { id: 'responding', phases: ['responding'] },
  { id: 'on_scene', phases: ['on_scene'] },
  { id: 'after', phases: ['awaiting_feedback', 'awaiting_review'] },
  { id: 'later', phases: ['held', 'referred'] },
] as const;
export type ColumnId = (typeof COLUMNS)[number]['id'];

export interface Column {
  id: ColumnId;
  rows: readonly Incident[];
}

function columnOf({ phase }: Incident): ColumnId {
  return COLUMNS.find(({ phases }) => (phases as readonly string[]).includes(phase))?.id ?? 'later';
}

/** All open incidents, each column in the order of the queue. */
export function boardOf(desk: Desk): Column[] {
  const open = queueOf(desk, 'open', '');
  return COLUMNS.map(({ id }) => ({ id, rows: open.filter((one) => columnOf(one) === id) }));
}

/** Where each card stood: as long as a pointer is among them none moves under it. */
export type Places = ReadonlyMap<ColumnId, readonly string[]>;

export function placesOf(board: readonly Column[]): Places {
  return new Map(board.map(({ id, rows }) => [id, rows.map((one) => one.id)]));
}

/** The board with its cards where they stood, and how many stand elsewhere by now or are new. */
export function heldBoard(desk: Desk, places: Places): { board: Column[]; moved: number } {
  const held = COLUMNS.map(({ id }) => ({
    id,
    rows: (places.get(id) ?? []).flatMap((one) => {
      const incident = desk.incidents.get(one);
      return incident === undefined || hasEnded(incident) ? [] : [incident];
    }),
  }));
  const stood = new Set(held.flatMap(({ id, rows }) => rows.map((one) => `${id} ${one.id}`)));
  const now = boardOf(desk).flatMap(({ id, rows }) => rows.map((one) => `${id} ${one.id}`));
  return { board: held, moved: now.filter((one) => !stood.has(one)).length };
}

export type Way = 'up' | 'down' | 'left' | 'right';

/** The card beside another one: sideways the same row of the next column that has cards. Null: there is none. */
export function beside(
  columns: readonly (readonly string[])[],
  from: string | null,
  way: Way,
): string | null {
  const x = columns.findIndex((one) => from !== null && one.includes(from));
  if (x === -1) return columns.find((one) => one.length > 0)?.[0] ?? null;
  const column = columns[x] ?? [];
  const y = column.indexOf(from ?? '');
  if (way === 'up' || way === 'down') return column[y + (way === 'down' ? 1 : -1)] ?? null;
  const rest = way === 'right' ? columns.slice(x + 1) : columns.slice(0, x).reverse();
  const next = rest.find((one) => one.length > 0);
  return next === undefined ? null : (next[Math.min(y, next.length - 1)] ?? null);
}
