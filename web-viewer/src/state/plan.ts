/** What the planner's page knows and does. */
import type { Answer } from '../wire/client';
import type { Coverage, PlanBody, PlanLine, Planning, PostPlace, Reach, Sites } from '../wire/planning';
import { cell } from './cell';
import type { Point } from './selection';
import { asked, type Change, isAsItIs, lineOf, NO_STEPS, stepped, undone, type WhatIf } from './what-if';

/** An answer, or why there is none yet. `old` is what stands there while a newer one is asked for. */
export type Part<T> =
  | { tag: 'nothing' }
  | { tag: 'asking'; old: T | null }
  | { tag: 'ok'; value: T }
  /** `newest`: somebody else published that version meanwhile. */
  | { tag: 'refused'; detail: string; newest?: number }
  | { tag: 'failed' };

/** What a click on the map does. */
export type Mode = 'reach' | 'add' | 'close' | 'post';

/** Kinds that come by road and are counted when nobody says otherwise. */
export const USUAL_KINDS = ['police_vehicle', 'police_motorcycle'] as const;
/** Kinds that can be asked for. */
export const KINDS = [
  ...USUAL_KINDS,
  'police_foot',
  'fire_team',
  'ambulance',
  'rescue_team',
  'grid_member',
] as const;

export const LIMITS_S = [180, 300, 480] as const;
/** The reach of so many places is drawn. */
const MOST_REACHES = 12;

export const kinds = cell<readonly string[]>(USUAL_KINDS);
export const steps = cell(NO_STEPS);
export const coverage = cell<Part<Coverage>>({ tag: 'nothing' });
export const sites = cell<Part<Sites>>({ tag: 'nothing' });
export const mode = cell<Mode>('reach');
/** Two maps side by side. */
export const compare = cell(false);
/** Which limit the hours and the townships are shown for: a place in `LIMITS_S`. */
export const limit = cell(0);
/** The place whose reach is asked for. */
export const spot = cell<Point | null>(null);
/** A township that is looked at, by name. */
export const township = cell<string | null>(null);
/** The first corner of a road that is being closed. */
export const corner = cell<readonly [number, number] | null>(null);

/** What is reached: from the spot as it is, and from spot and added units as it would be. */
export interface Reaches {
  now: readonly Reach[];
  would: readonly Reach[];
}
export const reaches = cell<Reaches>({ now: [], would: [] });

export const plans = cell<Part<PlanLine[]>>({ tag: 'nothing' });
/** The plan that is open, as it was published. */
export const opened = cell<PlanBody | null>(null);
/** Posts of the plan that is being made. */
export const posts = cell<readonly PostPlace[]>([]);
export const published = cell<Part<PlanBody>>({ tag: 'nothing' });

export interface SitesWish {
  n: number;
  from: 'demand' | 'posts';
  within_s: number;
  beside_units: boolean;
}

export interface PlanWork {
  change(change: Change): void;
  undo(): void;
  /** A click on the map, or Enter for its middle. */
  click(at: Point): void;
  findSites(wish: SitesWish): void;
  /** The proposed sites as further units, or as posts of the plan. */
  sitesInto(what: 'units' | 'posts'): void;
  removePost(at: number): void;
  renamePost(at: number, name: string): void;
  publish(id: string, title: string, note: string): void;
  open(id: string): void;
  put(): void;
  again(): void;
}

function partOf<T, U>(answer: Answer<T>, take: (value: T) => U): Part<U> {
  switch (answer.tag) {
    case 'ok':
      return { tag: 'ok', value: take(answer.value) };
    case 'refused':
      return { tag: 'refused', detail: answer.detail || answer.code, ...newestOf(answer) };
    case 'failed':
      return { tag: 'failed' };
  }
}

/** Of a refusal for a newer version: which one that is. */
function newestOf({ code, more }: { code: string; more?: Readonly<Record<string, unknown>> }): {
  newest?: number;
} {
  const changes = more?.changed as { field: string; new: unknown }[] | undefined;
  const version = changes?.find(({ field }) => field === 'version')?.new;
  return code === 'STALE' && typeof version === 'number' ? { newest: version } : {};
}

export function lastOf<T>(part: Part<T>): T | null {
  if (part.tag === 'ok') return part.value;
  return part.tag === 'asking' ? part.old : null;
}

export interface PlanSetup {
  api: Planning;
  /** What a further post is called. */
  postName: (n: number) => string;
}

export function makePlanWork({ api, postName }: PlanSetup): PlanWork {
  /** Questions are numbered: an answer to an older one is not shown. */
  let question = 0;
  let reachQuestion = 0;
  const known = new Map<string, Promise<Answer<Reach>>>();

  async function ask(): Promise<void> {
    question += 1;
    const mine = question;
    const whatIf = steps.get().now;
    coverage.set({ tag: 'asking', old: lastOf(coverage.get()) });
    const answer = await api.coverage({
      kinds: [...kinds.get()],
      ...(isAsItIs(whatIf) ? {} : { what_if: asked(whatIf) }),
    });
    if (mine === question) coverage.set(partOf(answer, (value) => value));
  }

  function reachOf(at: Point, closed: WhatIf['closed']): Promise<Answer<Reach>> {
    const key = JSON.stringify([at.lon, at.lat, closed]);
    const before = known.get(key);
    if (before !== undefined) return before;
    // Bounded: the oldest goes, and is asked for again when it is wanted again.
    const oldest = known.size >= 100 ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    const asking = api.reach(at.lon, at.lat, LIMITS_S, closed.map(lineOf));
    known.set(key, asking);
    void asking.then((answer) => {
      if (answer.tag !== 'ok') known.delete(key);
    });
    return asking;
  }

  async function askReaches(): Promise<void> {
    reachQuestion += 1;
    const mine = reachQuestion;
    const { stands, closed } = steps.get().now;
    const at = spot.get();
    const of = async (places: readonly Point[], without: WhatIf['closed']) => {
      const answers = await Promise.all(
        places.slice(0, MOST_REACHES).map((place) => reachOf(place, without)),
      );
      return answers.flatMap((answer) => (answer.tag === 'ok' ? [answer.value] : []));
    };
    const here = at === null ? [] : [at];
    const [now, would] = await Promise.all([of(here, []), of([...here, ...stands], closed)]);
    if (mine === reachQuestion) reaches.set({ now, would });
  }

  async function listPlans(): Promise<void> {
    const answer = await api.plans();
    plans.set(partOf(answer, ({ plans: all }) => all));
  }

  const work: PlanWork = {
    change: (change) => steps.set(stepped(steps.get(), change)),
    undo: () => steps.set(undone(steps.get())),
    click(at) {
      switch (mode.get()) {
        case 'reach':
          return spot.set(at);
        case 'add':
          return work.change({ tag: 'add', at: [at] });
        case 'post': {
          const name = postName(posts.get().length + 1);
          return posts.set([...posts.get(), { name, lon: at.lon, lat: at.lat }]);
        }
        case 'close': {
          const first = corner.get();
          if (first === null) return corner.set([at.lon, at.lat]);
          corner.set(null);
          return work.change({ tag: 'close', line: [first, [at.lon, at.lat]] });
        }
      }
    },
    findSites(wish) {
      sites.set({ tag: 'asking', old: null });
      void api.coverage({ kinds: [...kinds.get()], sites: { ...wish } }).then((answer) => {
        const part = partOf(answer, (value) => value.sites ?? null);
        if (part.tag === 'ok' && part.value !== null) sites.set({ tag: 'ok', value: part.value });
        else if (part.tag === 'refused') sites.set(part);
        else sites.set({ tag: 'failed' });
      });
    },
    sitesInto(what) {
      const found = lastOf(sites.get())?.places ?? [];
      if (what === 'units') return work.change({ tag: 'add', at: found });
      posts.set([...posts.get(), ...found.map(({ name, lon, lat }) => ({ name, lon, lat }))]);
    },
    removePost: (at) => posts.set(posts.get().filter((_, n) => n !== at)),
    renamePost: (at, name) => posts.set(posts.get().map((one, n) => (n === at ? { ...one, name } : one))),
    publish(id, title, note) {
      const before = opened.get();
      published.set({ tag: 'asking', old: null });
      const ask = {
        id,
        title,
        posts: [...posts.get()],
        routes: before !== null && before.id === id ? before.routes : [],
        // Of a plan that is not open here, somebody else may have published: then it is refused, not overwritten.
        follows: before !== null && before.id === id ? before.version : 0,
        ...(note === '' ? {} : { note }),
      };
      void api.publish(ask).then((answer) => {
        published.set(partOf(answer, (plan) => plan));
        if (answer.tag !== 'ok') return;
        opened.set(answer.value);
        void listPlans();
      });
    },
    open(id) {
      void api.plan(id).then((answer) => {
        if (answer.tag !== 'ok') return published.set(partOf<PlanBody, PlanBody>(answer, (plan) => plan));
        opened.set(answer.value);
        posts.set(answer.value.posts);
        published.set({ tag: 'nothing' });
      });
    },
    put() {
      opened.set(null);
      posts.set([]);
      published.set({ tag: 'nothing' });
    },
    again() {
      void ask();
      void listPlans();
    },
  };

  let before = steps.get().now;
  kinds.subscribe(() => coverage.get().tag !== 'nothing' && void ask());
  steps.subscribe(({ now }) => {
    if (now === before) return;
    before = now;
    void ask();
    void askReaches();
  });
  spot.subscribe((at) => at !== null && void askReaches());
  return work;
}
