/** The ring of review of the chosen incident: whose recordings to look through, by whom, and what came of it. */
import type { LiveMessage } from '../wire/live';
import type { Operations, TimelineEntry } from '../wire/operations';
import type { Reach, Recording, Review, ReviewCamera, Watched, WentBy } from '../wire/review';
import { cell } from './cell';
import { chosenCamera, type Part, partOf, type Ranked, type Said, viewsheds } from './console';
import { chosenIncident } from './desk';

/** What is said of a recording, in the order of the buttons. */
export const MARKS: readonly Watched[] = ['taken', 'seen', 'not_seen', 'no_recording'];
/** How far the ring grows, as it is offered, minutes. */
export const MINUTES = [5, 10, 20, 40, 60] as const;
/** Rows that are shown at once: a city has hundreds, and nobody reads on before these are done. */
export const PAGE = 40;

export interface Ring {
  incident: string;
  minutes: number;
  by: WentBy;
  part: Part<Review>;
  /** How far somebody comes in half of the time and in all of it, while no such answer came: nothing. */
  reach: Reach['features'];
  /** What was said on this page and is not yet in what the server answered. */
  said: ReadonlyMap<string, Recording>;
}
export const ring = cell<Ring | null>(null);

/** Which rows are shown. */
export type RingTab = 'all' | 'free' | 'mine';

/** A row: the camera, its number in the order in which they are passed, and the newest word on its recording. */
export interface RingRow extends ReviewCamera {
  n: number;
  recording: Recording | null;
}

/** How a row looks on the map and in the list. */
export function lookOf(row: Pick<RingRow, 'recording'>): Watched | 'free' {
  return row.recording?.watched ?? 'free';
}

/** All rows, each with the newest of what the answer, the incident's timeline and this page know of it. */
export function ringRows(of: Ring, told: readonly TimelineEntry[]): RingRow[] {
  if (of.part.tag !== 'ok') return [];
  const newest = new Map(of.said);
  for (const { kind, at, by, what } of told) {
    const { camera, watched, text } = what as { camera?: string; watched?: Watched; text?: string };
    if (kind === 'recording.watched' && camera && watched)
      newest.set(camera, later(newest.get(camera), { watched, by, at, text: text ?? null }));
  }
  return of.part.value.cameras.map((camera, i) => {
    const said = newest.get(camera.camera);
    const recording = camera.recording ?? null;
    return { ...camera, n: i + 1, recording: said === undefined ? recording : later(recording, said) };
  });
}

function later(one: Recording | null | undefined, other: Recording): Recording {
  return one == null || Date.parse(other.at) >= Date.parse(one.at) ? other : one;
}

/** The rows of a tab: `free` nobody has looked through, `mine` are at present looked through by that user. */
export function rowsOf(rows: readonly RingRow[], tab: RingTab, user: string): readonly RingRow[] {
  if (tab === 'all') return rows;
  if (tab === 'free') return rows.filter(({ recording }) => recording === null);
  return rows.filter(({ recording }) => recording?.watched === 'taken' && recording.by === user);
}

/** How many rows there are of each look. */
export function countsOf(rows: readonly RingRow[]): Readonly<Record<Watched | 'free', number>> {
  const counts = { free: 0, taken: 0, seen: 0, not_seen: 0, no_recording: 0 };
  for (const row of rows) counts[lookOf(row)] += 1;
  return counts;
}

/** What a camera is called, where the ring or the ranking has told; else its id. */
export function cameraName(id: string, of: Ring | null, near: Ranked | null): string {
  const ringed = of?.part.tag === 'ok' ? of.part.value.cameras : [];
  const seen = near?.cameras.tag === 'ok' ? near.cameras.value.items : [];
  return [...ringed, ...seen].find(({ camera }) => camera === id)?.name ?? id;
}

type EventMessage = Extract<LiveMessage, { t: 'event' }>;

export interface RingSetup {
  api: Operations;
  now: () => number;
  /** Rows stand elsewhere now. */
  moved: () => void;
  /** Whether what is on the screen can have been read. */
  ready: () => boolean;
  order: (
    incident: string,
    type: string,
    fields: Readonly<Record<string, unknown>>,
    what: Said,
    basis?: undefined,
    done?: () => void,
  ) => void;
}

export function makeRing({ api, now, moved, ready, order }: RingSetup) {
  /** The camera whose view was asked for here: one, so that looking through hundreds keeps no hundred views. */
  let looked: number | null = null;

  chosenIncident.subscribe((id) => {
    if (ring.get()?.incident !== id) ring.set(null);
  });
  // What a camera of the ring sees is asked for when somebody chooses it.
  chosenCamera.subscribe((fid) => void see(fid));

  /** Opens the ring of an incident; the same again closes it. */
  function toggle(incident: string): void {
    if (ring.get()?.incident === incident) ring.set(null);
    else void ask(incident, 20, 'foot');
  }

  /** Asks how far and how somebody went on. Each question is a row of the audit, so nobody asks but by hand. */
  async function ask(incident: string, minutes: number, by: WentBy): Promise<void> {
    const mine: Ring = { incident, minutes, by, part: { tag: 'asking' }, reach: [], said: new Map() };
    ring.set(mine);
    const answer = await api.review(incident, minutes, by);
    // Closed, or asked otherwise meanwhile: this answer is about nothing on the screen.
    if (ring.get() !== mine) return;
    moved();
    const found = { ...mine, part: partOf(answer, now()) };
    ring.set(found);
    if (answer.tag !== 'ok') return;
    const all_s = minutes * 60;
    const reach = await api.reach(answer.value.last_seen, [all_s / 2, all_s], by);
    const open = ring.get();
    if (reach.tag === 'ok' && open !== null && open.part === found.part)
      ring.set({ ...open, reach: reach.value.features });
  }

  /** The same question anew, where a ring is open. */
  function again(): void {
    const open = ring.get();
    if (open !== null) void ask(open.incident, open.minutes, open.by);
  }

  /** Says what came of a recording, or that one looks through it. */
  function mark({ camera, name }: Pick<RingRow, 'camera' | 'name'>, watched: Watched, by: string): void {
    const open = ring.get();
    if (open === null || !ready()) return;
    const { incident } = open;
    const what: Said = { key: `did_watch_${watched}`, values: { name: name ?? camera } };
    order(incident, 'watch', { camera, watched }, what, undefined, () => {
      const then = ring.get();
      if (then?.incident !== incident) return;
      const word: Recording = { watched, by, at: new Date(now()).toISOString() };
      ring.set({ ...then, said: new Map(then.said).set(camera, word) });
    });
  }

  async function see(fid: number | null): Promise<void> {
    const part = ring.get()?.part;
    if (fid === null || part?.tag !== 'ok' || viewsheds.get().has(fid)) return;
    const row = part.value.cameras.find((one) => one.fid === fid);
    if (row === undefined) return;
    const answer = await api.viewshed(fid);
    if (answer.tag === 'failed' || ring.get()?.part !== part) return;
    const views = new Map(viewsheds.get());
    if (looked !== null) views.delete(looked);
    looked = fid;
    viewsheds.set(views.set(fid, answer.tag === 'ok' ? answer.value : null));
  }

  /** The place was moved: the ring is another. */
  function heard({ id, kind }: Pick<EventMessage, 'id' | 'kind'>): void {
    if (kind === 'incident.located' && ring.get()?.incident === id) again();
  }

  return { toggle, ask, again, mark, heard };
}
