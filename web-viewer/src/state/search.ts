import type { AskSearch, SearchItem } from '../wire/search';
import { cell, type Readable } from './cell';
import { chooseUnits, move, type Point, spot } from './selection';

/** Answers that fit on a screen below a field. */
export const MOST = 8;
/** A pause in typing after which the server is asked: shorter than one between two words. */
export const PAUSE_MS = 120;
/** Longest text that the server takes, characters. */
const LONGEST = 80;

/** What is known of a text that somebody types. */
export type Finding =
  | { tag: 'nothing' }
  /** What the last text brought stays on the screen meanwhile. */
  | { tag: 'asking'; text: string; items: readonly SearchItem[] }
  | { tag: 'found'; text: string; items: readonly SearchItem[] }
  | { tag: 'refused'; text: string; detail: string }
  | { tag: 'failed'; text: string };

/** What was chosen: the pin on the map, and where `N` makes an incident. */
export const found = cell<SearchItem | null>(null);

export interface Finder {
  finding: Readable<Finding>;
  /** The row that Enter goes to. */
  row: Readable<number>;
  /** The field holds this text now. */
  type(text: string): void;
  /** Down and up; it stops at the ends. */
  step(by: 1 | -1): void;
  /** Goes to a row, or to the chosen one; where the answer to what was typed is still on its way, to its first when it comes. */
  go(row?: number): void;
  clear(): void;
}

export interface FinderSetup {
  ask: AskSearch;
  /** Where the map looks. */
  near: () => Point | null;
  /** What is done with what was chosen. */
  chosen: (item: SearchItem) => void;
}

export function makeFinder({ ask, near, chosen }: FinderSetup): Finder {
  const finding = cell<Finding>({ tag: 'nothing' });
  const row = cell(0);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  /** Enter came before the answer. */
  let wanted = false;

  const items = () => {
    const now = finding.get();
    return now.tag === 'asking' || now.tag === 'found' ? now.items : [];
  };

  function type(typed: string): void {
    const text = [...typed.trim()].slice(0, LONGEST).join('');
    const now = finding.get();
    if (now.tag !== 'nothing' && now.text === text) return;
    clearTimeout(waiting);
    wanted = false;
    if (text === '') {
      finding.set({ tag: 'nothing' });
      return;
    }
    finding.set({ tag: 'asking', text, items: items() });
    waiting = setTimeout(() => void look(text), PAUSE_MS);
  }

  async function look(text: string): Promise<void> {
    clearTimeout(waiting);
    const answer = await ask(text, near(), MOST);
    const now = finding.get();
    // Something else is being typed by now.
    if (now.tag !== 'asking' || now.text !== text) return;
    row.set(0);
    switch (answer.tag) {
      case 'ok':
        finding.set({ tag: 'found', text, items: answer.value.items });
        if (wanted) go();
        return;
      case 'refused':
        finding.set({ tag: 'refused', text, detail: answer.detail || answer.code });
        return;
      case 'failed':
        finding.set({ tag: 'failed', text });
    }
  }

  function step(by: 1 | -1): void {
    row.set(Math.max(0, Math.min(items().length - 1, row.get() + by)));
  }

  function go(which?: number): void {
    const now = finding.get();
    if (which === undefined && now.tag === 'asking') {
      wanted = true;
      return;
    }
    // Trouble is asked about again by the same key.
    if (which === undefined && now.tag === 'failed') {
      finding.set({ tag: 'asking', text: now.text, items: [] });
      wanted = true;
      void look(now.text);
      return;
    }
    const item = items()[which ?? row.get()];
    if (item === undefined) return;
    clear();
    chosen(item);
  }

  function clear(): void {
    clearTimeout(waiting);
    wanted = false;
    finding.set({ tag: 'nothing' });
    row.set(0);
  }

  return { finding, row, type, step, go, clear };
}

/** How near a thing of that kind is looked at. */
export function zoomFor(kind: string): number {
  if (kind === 'division') return 12;
  if (kind === 'grid' || kind === 'water' || kind === 'land' || kind === 'road') return 15;
  return 16.5;
}

/** Whether the map has come to the pin since it was put. */
let arrived = false;

/** The map flies there and puts a pin; of a unit its card opens. */
export function goTo(item: SearchItem): void {
  const to = { lon: item.lon, lat: item.lat };
  arrived = false;
  found.set(item);
  spot.set(to);
  if (item.kind === 'unit') chooseUnits([item.id]);
  move.set({ tag: 'fly', to, zoom: zoomFor(item.kind) });
}

/** The map rests and shows this (west, south, east, north): a pin that went out of sight is taken away, so that no report begins
 *  at a place that nobody looks at. */
export function looked([west, south, east, north]: readonly [number, number, number, number]): void {
  const at = found.get();
  if (at === null) return;
  const inside = at.lon >= west && at.lon <= east && at.lat >= south && at.lat <= north;
  if (inside) arrived = true;
  else if (arrived) unpin();
}

/** The pin is taken away; false when there is none. */
export function unpin(): boolean {
  if (found.get() === null) return false;
  found.set(null);
  spot.set(null);
  return true;
}
