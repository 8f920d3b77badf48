import type { Surroundings } from '../wire/answers';
import type { Answer } from '../wire/client';
import { cell } from './cell';

/** Where the map and the panels meet: what is chosen, what was asked, where to look. */

export interface Point {
  lon: number;
  lat: number;
}

export const RADIUS_M = 300;

export type Around =
  | { tag: 'nothing' }
  | { tag: 'asking'; at: Point }
  | { tag: 'answered'; at: Point; answer: Answer<Surroundings> };

export const around = cell<Around>({ tag: 'nothing' });

/** The item of the list the map flew to. */
export const spot = cell<Point | null>(null);

/** The chosen unit, and the units under the same click, as units on one spot cannot be told apart on the map. */
export const chosenUnit = cell<string | null>(null);
export const unitsHere = cell<readonly string[]>([]);

/** What a panel asks of the map; the map answers by moving. A new object each time, so the same place twice works. */
export type Move =
  | { tag: 'fly'; to: Point; zoom?: number }
  /** Only if it is out of sight, and no nearer than now. */
  | { tag: 'see'; to: Point }
  | { tag: 'zoom'; by: 1 | -1 }
  | { tag: 'home' }
  /** Ask for the surroundings of the centre: the click for those without a mouse. */
  | { tag: 'ask-here' };
export const move = cell<Move | null>(null);

/** Sources whose tiles fail at present. */
export const tilesMissing = cell<readonly string[]>([]);

/** Why there is no map, when there is none. */
export const noMap = cell<string | null>(null);

/** The style could not be had: said in a line, tried again. */
export const styleTrouble = cell<'none' | 'refused' | 'failed'>('none');

export function chooseUnits(ids: readonly string[]): void {
  unitsHere.set(ids);
  chosenUnit.set(ids.length === 1 ? (ids[0] ?? null) : null);
}

/** One step back: the unit first, then the surroundings. */
export function back(): void {
  if (chosenUnit.get() !== null || unitsHere.get().length > 0) chooseUnits([]);
  else {
    around.set({ tag: 'nothing' });
    spot.set(null);
  }
}
