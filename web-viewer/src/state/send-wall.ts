/** A desk puts on a wall what it looks at, and takes it back. */
import type { Answer } from '../wire/client';
import type { Operations } from '../wire/operations';
import type { Scene, SceneAsk, Wall } from '../wire/walls';
import { cell } from './cell';
import { chosenCamera, notice, ranked } from './console';
import { chosenIncident } from './desk';
import { GUARD_MS } from './guard';
import { heatOn } from './heat';
import { shown, switched } from './layers';

/** What stands on a wall may be over, or somebody else's by now: it is looked at again so often while it is shown. */
const LOOK_MS = 10_000;

/** Several walls are connected: which? */
export interface WallChoice {
  walls: readonly Wall[];
  ask: SceneAsk;
  /** When it appeared, on a clock that nobody sets: what is sent to the wrong wall by a key that came too soon is seen by all. */
  at_ms: number;
}
export const wallChoice = cell<WallChoice | null>(null);

/** Walls on which something stands, as far as this desk has looked. */
export const wallsHeld = cell<readonly Scene[]>([]);

export interface SendSetup {
  api: Pick<Operations, 'walls' | 'showOnWall' | 'takeFromWall'>;
  /** What the map shows; null without a map. */
  view: () => { lon: number; lat: number; zoom: number } | null;
  user: () => string;
  steady: () => number;
}

export type WallSender = ReturnType<typeof makeWallSender>;

export function makeWallSender({ api, view, user, steady }: SendSetup) {
  let looking: ReturnType<typeof setTimeout> | undefined;
  let busy = false;

  /** What this desk looks at. */
  function scene(): SceneAsk | null {
    const at = view();
    if (at === null) return null;
    const incident = chosenIncident.get();
    const found = ranked.get()?.cameras;
    const looked =
      found?.tag === 'ok' ? found.value.items.find(({ fid }) => fid === chosenCamera.get()) : undefined;
    const list = { ...shown.get(), heat: heatOn.get() } as Record<string, boolean>;
    return {
      view: at,
      ...(incident === null ? {} : { incident }),
      ...(incident === null || looked === undefined ? {} : { cameras: [looked.camera] }),
      // Layers go along only when somebody has chosen them: else the wall knows better what is read from afar.
      ...(switched.get() || heatOn.get() ? { layers: Object.keys(list).filter((id) => list[id]) } : {}),
    };
  }

  /** One wall gets it at once; of several somebody chooses. */
  async function send(): Promise<void> {
    const ask = scene();
    if (ask === null || busy) return;
    const answer = await once(() => api.walls());
    if (answer?.tag !== 'ok') return;
    const connected = answer.value.walls.filter((wall) => wall.connected > 0);
    const [only] = connected;
    if (only === undefined) notice.set({ key: 'wallNone' });
    else if (connected.length === 1) await put(only.wall, ask);
    else wallChoice.set({ walls: connected.slice(0, 9), ask, at_ms: steady() });
  }

  async function choose(n: number): Promise<void> {
    const asked = wallChoice.get();
    const wall = asked?.walls[n - 1];
    if (asked === null || wall === undefined) return;
    if (steady() - asked.at_ms < GUARD_MS) return notice.set({ key: 'tooSoon' });
    wallChoice.set(null);
    await put(wall.wall, asked.ask);
  }

  async function put(wall: string, ask: SceneAsk): Promise<void> {
    const answer = await once(() => api.showOnWall(wall, ask));
    if (answer?.tag === 'ok') hold(answer.value);
  }

  /** Takes back what this desk's user has sent; `wall`: what stands there, whoever sent it. */
  async function takeBack(wall?: string): Promise<void> {
    const held = wallsHeld
      .get()
      .filter((one) => (wall === undefined ? one.by === user() : one.wall === wall));
    if (held.length === 0) return notice.set({ key: 'wallNothing' });
    for (const one of held) {
      const answer = await once(() => api.takeFromWall(one.wall));
      if (answer?.tag === 'ok') hold(answer.value);
    }
  }

  function hold({ wall, scene: now }: Wall): void {
    keep([...wallsHeld.get().filter((one) => one.wall !== wall), ...(now === null ? [] : [now])]);
  }

  function keep(all: readonly Scene[]): void {
    wallsHeld.set([...all].sort((a, b) => Number(a.wall) - Number(b.wall)));
    clearTimeout(looking);
    if (all.length > 0) looking = setTimeout(() => void look(), LOOK_MS);
  }

  /** What stands on walls now: a desk that was reloaded can take back what it has sent. */
  async function look(): Promise<void> {
    const answer = await api.walls();
    if (answer.tag === 'ok') keep(answer.value.walls.flatMap((wall) => wall.scene ?? []));
    else keep(wallsHeld.get());
  }

  /** One question at a time; what was refused or lost is said. */
  async function once<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T> | null> {
    if (busy) return null;
    busy = true;
    try {
      const answer = await ask();
      if (answer.tag === 'refused') notice.set({ key: 'wallRefused', values: { detail: answer.detail } });
      else if (answer.tag === 'failed') notice.set({ key: 'wallFailed' });
      return answer;
    } finally {
      busy = false;
    }
  }

  return { send, choose, takeBack, look };
}
