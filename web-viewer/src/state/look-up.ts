/** Asks for what belongs to the chosen incident: who could go, what could see it, what happened. */
import type { LiveMessage } from '../wire/live';
import type { Operations, RankedCameras, RankedUnit, RankedUnits } from '../wire/operations';
import {
  chosenCamera,
  level,
  partOf,
  type Ranked,
  ranked,
  readClosures,
  roster,
  timeline,
  viewsheds,
  why,
} from './console';
import { chosenIncident } from './desk';
import { UNIT_KEYS } from './keys';
import { steady } from './steady';

const CAMERAS = 6;
/** Units move: the ranking of what is looked at is asked anew so often. */
const RANK_MS = 15_000;
const CLOSURES_MS = 30_000;
/** Each look at a timeline is a row of the audit, so a burst of events is one look. */
const TIMELINE_MS = 1000;
const ROSTER_MS = 60_000;

type EventMessage = Extract<LiveMessage, { t: 'event' }>;

export interface LookSetup {
  api: Operations;
  now: () => number;
  /** A number key stands for another unit now. */
  moved: () => void;
}

export function makeLook({ api, now, moved }: LookSetup) {
  let ranking: ReturnType<typeof setTimeout> | undefined;
  let reading: ReturnType<typeof setTimeout> | undefined;

  const blank = (incident: string): Ranked => ({
    incident,
    units: { tag: 'asking' },
    cameras: { tag: 'asking' },
    moved_ms: null,
  });

  /** Looks at an incident, or at none. */
  function at(incident: string | null): void {
    clearTimeout(ranking);
    clearTimeout(reading);
    viewsheds.set(new Map());
    ranked.set(incident === null ? null : blank(incident));
    timeline.set(incident === null ? null : { incident, items: [], trouble: null, read: false });
    if (incident === null) return;
    void rank(incident, true);
    void read(incident);
  }

  /** Looks at one that was just saved: who could go came with the answer, and stands there at once. */
  function created(incident: string, units?: RankedUnits, cameras?: RankedCameras): void {
    clearTimeout(ranking);
    clearTimeout(reading);
    viewsheds.set(new Map());
    const at_ms = now();
    ranked.set({
      ...blank(incident),
      ...(units === undefined ? {} : { units: { tag: 'ok', value: units, at_ms } }),
      ...(cameras === undefined ? {} : { cameras: { tag: 'ok', value: cameras, at_ms } }),
    });
    timeline.set({ incident, items: [], trouble: null, read: false });
    if (cameras !== undefined) void see(incident, cameras);
    void rank(incident, cameras === undefined);
    void read(incident);
  }

  /** Asks who could go, and goes on asking while it is looked at. */
  async function rank(incident: string, withCameras: boolean): Promise<void> {
    clearTimeout(ranking);
    const [units, cameras] = await Promise.all([
      api.units(incident, UNIT_KEYS, level.get()),
      withCameras ? api.cameras(incident, CAMERAS) : null,
    ]);
    const before = ranked.get();
    if (before?.incident !== incident) return;
    let { moved_ms } = before;
    let part = partOf(units, now(), before.units);
    if (units.tag === 'ok' && before.units.tag === 'ok') {
      const settled = steady(before.units.value.items, units.value.items);
      part = {
        tag: 'ok',
        value: { ...units.value, items: [...settled.items] as RankedUnit[] },
        at_ms: now(),
      };
      if (settled.moved) {
        moved_ms = now();
        moved();
      }
    }
    ranked.set({
      incident,
      units: part,
      cameras: cameras === null ? before.cameras : partOf(cameras, now(), before.cameras),
      moved_ms,
    });
    if (cameras?.tag === 'ok') void see(incident, cameras.value);
    ranking = setTimeout(() => void rank(incident, false), RANK_MS);
  }

  /** What the ranked cameras see, one after the other, best first. */
  async function see(incident: string, cameras: RankedCameras): Promise<void> {
    const all = [...cameras.items, ...(cameras.approaches ?? []).map(({ camera }) => camera)].slice(
      0,
      CAMERAS,
    );
    for (const { fid } of all) {
      if (viewsheds.get().has(fid)) continue;
      const answer = await api.viewshed(fid);
      if (chosenIncident.get() !== incident) return;
      if (answer.tag !== 'failed')
        viewsheds.set(new Map(viewsheds.get()).set(fid, answer.tag === 'ok' ? answer.value : null));
    }
  }

  async function read(incident: string): Promise<void> {
    const answer = await api.timeline(incident);
    const before = timeline.get();
    if (before?.incident !== incident) return;
    switch (answer.tag) {
      case 'ok': {
        const newest = answer.value.items.at(-1)?.seq ?? 0;
        const told = before.items.filter(({ seq }) => seq > newest);
        timeline.set({ incident, items: [...answer.value.items, ...told], trouble: null, read: true });
        return;
      }
      case 'refused':
        timeline.set({ ...before, trouble: answer.detail || answer.code, read: true });
        return;
      case 'failed':
        reading = setTimeout(() => void read(incident), 5 * TIMELINE_MS);
    }
  }

  /** An event of the socket: a line at once; what exactly it was is read a moment later. */
  function heard(message: EventMessage): void {
    const now_read = timeline.get();
    if (now_read?.incident !== message.id || message.incident === null) return;
    const { seq, kind, at: when, by } = message;
    const known = now_read.items.some((item) => item.seq === seq);
    const line = { seq, kind, at: when, committed_at: when, by, src: '', what: {} };
    if (!known) timeline.set({ ...now_read, items: [...now_read.items, line] });
    clearTimeout(reading);
    reading = setTimeout(() => void read(message.id), TIMELINE_MS);
    if (/^(assignment|incident\.(located|prioritised|classified|reopened))/.test(kind)) {
      const withCameras = kind === 'incident.located';
      clearTimeout(ranking);
      ranking = setTimeout(() => void rank(message.id, withCameras), TIMELINE_MS / 2);
    }
  }

  /** A road was closed or opened: ways and times are others from now on. */
  function roadsChanged(): void {
    void readClosures(api);
    const incident = chosenIncident.get();
    if (incident === null) return;
    clearTimeout(ranking);
    void rank(incident, false);
  }

  /** Everything of the chosen incident anew: after a loss of the link, after somebody else changed it. */
  function again(): void {
    const incident = chosenIncident.get();
    if (incident === null) return;
    void rank(incident, true);
    void read(incident);
  }

  /** Why is that unit not proposed? */
  async function askWhy(unit: string): Promise<void> {
    const incident = chosenIncident.get();
    if (incident === null) return;
    why.set({ unit, text: null });
    const answer = await api.units(incident, 1, level.get(), unit);
    if (why.get()?.unit !== unit || chosenIncident.get() !== incident) return;
    const detail = answer.tag === 'refused' ? answer.detail || answer.code : '';
    why.set({ unit, text: answer.tag === 'ok' ? (answer.value.why?.text ?? '') : detail });
  }

  /** The camera beside a function key; the same key again lets go of it. */
  function camera(n: number): void {
    const on = ranked.get();
    if (on?.cameras.tag !== 'ok') return;
    const fid = on.cameras.value.items[n - 1]?.fid;
    if (fid !== undefined) chosenCamera.set(chosenCamera.get() === fid ? null : fid);
  }

  async function readRoster(): Promise<void> {
    const answer = await api.roster();
    if (answer.tag !== 'ok') return;
    roster.set(new Map(answer.value.units.map(({ id, call_sign, kind }) => [id, { call_sign, kind }])));
  }

  /** Somebody has logged in. */
  function started(): void {
    void readRoster();
    void readClosures(api);
    setInterval(() => void readClosures(api), CLOSURES_MS);
    setInterval(() => void readRoster(), ROSTER_MS);
  }

  return { at, created, heard, again, roadsChanged, askWhy, camera, started };
}
