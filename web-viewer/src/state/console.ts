import type { Answer } from '../wire/client';
import type {
  Changed,
  Closure,
  Operations,
  RankedCameras,
  RankedUnits,
  Taken,
  TimelineEntry,
  Viewshed,
  Warned,
} from '../wire/operations';
import type { WordKey } from '../words';
import { cell } from './cell';
import type { Point } from './selection';

/** What the console shows besides the desk itself. `work.ts` changes it, the panels and the map read it. */

/** Words with their values, so that a sentence follows the language. */
export interface Said {
  key: WordKey;
  values?: Readonly<Record<string, string | number>>;
}

/** An incident that is being written. */
export interface Draft {
  /** Makes saving twice one incident. */
  key: string;
  at: Point | null;
  kind: string;
  priority: number;
  source: string;
  text: string;
  caller: string;
  /** `unknown`: no answer came, so nobody knows whether it was saved; it is asked again as it was. */
  state: 'open' | 'saving' | 'unknown' | 'refused';
  detail: string;
}
export const draft = cell<Draft | null>(null);
/** What was written of one that was put away. */
export const shelved = cell<Pick<Draft, 'kind' | 'priority' | 'source' | 'text' | 'caller'> | null>(null);

/** A part of an answer that may not have come, or may not be for this role. */
export type Part<T> =
  | { tag: 'asking' }
  | { tag: 'ok'; value: T; at_ms: number }
  | { tag: 'refused'; detail: string }
  | { tag: 'failed' };

/** What an answer is of a page. Where none came, what was known `before` stays on the screen with its age. */
export function partOf<T>(answer: Answer<T>, at_ms: number, before?: Part<T>): Part<T> {
  switch (answer.tag) {
    case 'ok':
      return { tag: 'ok', value: answer.value, at_ms };
    case 'refused':
      return { tag: 'refused', detail: answer.detail || answer.code };
    case 'failed':
      return before?.tag === 'ok' ? before : { tag: 'failed' };
  }
}

/** Who could go to the chosen incident and what could see it. */
export interface Ranked {
  incident: string;
  units: Part<RankedUnits>;
  cameras: Part<RankedCameras>;
  /** When rows last changed their places; null when they never did. */
  moved_ms: number | null;
}
export const ranked = cell<Ranked | null>(null);

/** Up to which alarm level of the response plan units are proposed: 1 to 3. */
export const level = cell(1);

/** A question about a unit that is not proposed, and its answer. */
export interface Why {
  unit: string;
  text: string | null;
}
export const why = cell<Why | null>(null);

/** What must be decided before anything else. */
export type Dialog =
  | { tag: 'taken'; incident: string; taken: readonly Taken[]; sent: number; at_ms: number }
  | { tag: 'stale'; what: Said; changed: readonly Changed[]; again: () => void; at_ms: number }
  | {
      tag: 'confirm';
      what: Said;
      warnings: readonly Warned[];
      until_ms: number;
      again: () => void;
      at_ms: number;
    };
export const dialog = cell<Dialog | null>(null);

/** A command on its way. Nothing is dropped silently: what was not answered stays until it is, or is given up. */
export interface Job {
  id: string;
  incident: string;
  what: Said;
  made_ms: number;
  /** `draft`: it waited too long to be sent without being asked for again. */
  state: 'sending' | 'waiting' | 'draft' | 'refused';
  detail: string;
}
export const jobs = cell<readonly Job[]>([]);

/** What can be taken back, and until when. */
export interface Undo {
  incident: string;
  what: Said;
  until_ms: number;
  run: () => void;
}
export const undo = cell<Undo | null>(null);

export interface Timeline {
  incident: string;
  items: readonly TimelineEntry[];
  trouble: string | null;
  /** False until the first answer. */
  read: boolean;
}
export const timeline = cell<Timeline | null>(null);

/** The camera that is being looked at, by its number in tiles. */
export const chosenCamera = cell<number | null>(null);
/** What the ranked cameras see; null where a camera's pose is not known. */
export const viewsheds = cell<ReadonlyMap<number, Viewshed | null>>(new Map());

export const closures = cell<readonly Closure[]>([]);

/** Those that hold just now; what was known stays where there is no answer. */
export async function readClosures(api: Pick<Operations, 'closures'>): Promise<void> {
  const answer = await api.closures();
  if (answer.tag === 'ok') closures.set(answer.value.closures.filter(({ holds }) => holds));
}

/** Call signs and kinds of all units in sight, also of those outside the map. */
export const roster = cell<ReadonlyMap<string, { call_sign: string; kind: string }>>(new Map());

/** A short word about what a key did not do. A new object each time. */
export const notice = cell<Said | null>(null);

/** Which form of the incident is open. */
export type Form = 'feedback' | 'review' | 'close' | 'cancel' | 'hold' | 'refer' | 'reopen' | 'note';
export const form = cell<Form | null>(null);

/** Which place of which incident the next click on the map says. */
export interface Placing {
  incident: string;
  role: 'scene' | 'last_seen';
}
export const placing = cell<Placing | null>(null);

/** Waits for a click that says this place; the same again waits no longer. */
export function togglePlacing(incident: string, role: Placing['role']): void {
  const now = placing.get();
  placing.set(now?.incident === incident && now.role === role ? null : { incident, role });
}

export const barOpen = cell(false);
/** What stands in the command bar when it opens. */
export const barLine = cell('');
export const helpOpen = cell(false);
