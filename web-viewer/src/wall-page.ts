/** Puts the wall together: the tour, what a desk has sent, the keys, what the map shows. */
import { applyToDesk, hasEnded } from './live/incidents';
import type { CityMap } from './map/city-map';
import { heap } from './map/heap';
import { opsPicture } from './map/ops-picture';
import { setQuery } from './state/address';
import { now_ms } from './state/clock';
import { closures, readClosures } from './state/console';
import { beat, desk } from './state/desk';
import { heatDays, heatOn, writeHeat } from './state/heat';
import type { Press } from './state/keys';
import { BUSY, groups, shown } from './state/layers';
import { fleet } from './state/live';
import { INCIDENT_ZOOM, placeOf } from './state/place';
import { session } from './state/session';
import * as tours from './state/tour';
import { curtain, onWall, scene, stands, tour, trend, wallCameras } from './state/wall';
import { readWallKey } from './state/wall-keys';
import { rowsOf, stopsOf, urgentOf } from './state/wall-rows';
import type { LiveMessage, Since } from './wire/live';
import type { Operations } from './wire/operations';
import { isWallName } from './wire/walls';

/** What the wall's panels cover of each side, in rem of the page; see `Wall.svelte`. */
const COVERED = { left: 0, top: 5.25, right: 32, bottom: 3 };
/** Labels on the map are read from as far as the panels, and are drawn smaller: the map grows by so much more. */
export const MAP_SCALE = 1.3;
/** A guest is shown a cell of about a kilometre, not a street corner. */
const GUEST_ZOOM = 12.5;
/** Cameras whose pictures are shown, of those that are ranked. */
const PICTURES = 2;
const RANKED = 6;
/** What is shown for long is asked for its cameras again: one may have turned or gone. */
const RANK_MS = 60_000;
/** An hour grows slowly. */
const TREND_MS = 5 * 60_000;
/** A closure begins and ends by its own hours as well. */
const CLOSURES_MS = 30_000;

export interface WallPage {
  /** Its name on the server. */
  name: string;
  since(): Since;
  hear(message: LiveMessage): void;
  join(map: CityMap): void;
  key(press: Press, inField: boolean): boolean;
  /** A hand on the map: the tour waits. */
  touch(): void;
  /** The map looks elsewhere: what lay on each other may not do so any more. */
  moved(): void;
}

export function makeWallPage(api: Operations, now: () => number): WallPage {
  let map: CityMap | null = null;
  let looked: string | null = null;
  /** Somebody wants all layers that the style has on, also the busy ones. */
  let rich = false;
  /** Somebody wants heat. */
  let hot = new URLSearchParams(location.search).has('heat');
  const asked = new URLSearchParams(location.search).get('wall') ?? '1';
  const name = isWallName(asked) ? asked : '1';

  const sent = () => (stands(scene.get(), now()) ? scene.get() : null);
  const stops = () => stopsOf(desk.get(), urgentOf(desk.get()), tours.MOST_STOPS);

  /** Whether an incident is still to be looked at. */
  function isOpen(id: string): boolean {
    const one = desk.get().incidents.get(id);
    return one !== undefined && !hasEnded(one);
  }

  function walk(): void {
    if (!desk.get().heard) return;
    const urgent = urgentOf(desk.get());
    tour.set(
      tours.toured(tour.get(), urgent, stopsOf(desk.get(), urgent, tours.MOST_STOPS), isOpen, Date.now()),
    );
    look();
  }

  const guest = () => {
    const is = session.get();
    return is.tag === 'in' && is.session.roles.every((role) => role === 'wall_guest');
  };

  /** Moves the map when what is shown has changed: a cut, as on a wall of this size a ride makes people sick. */
  function look(): void {
    if (map === null || !map.styled()) return;
    const one = sent();
    const stop = onWall(tour.get(), one);
    const key = one === null ? `tour ${stop ?? ''}` : `scene ${one.at}`;
    if (key === looked) return;
    looked = key;
    dress();
    if (one !== null) map.goTo(one.view);
    else if (stop === null) map.home(true);
    else {
      const incident = desk.get().incidents.get(stop);
      const place = incident === undefined ? null : placeOf(incident);
      if (place !== null) map.goTo({ ...place, zoom: guest() ? GUEST_ZOOM : INCIDENT_ZOOM });
    }
  }

  /** The layers that a desk sent; else the wall's own. */
  function dress(): void {
    const layers = sent()?.layers ?? null;
    const on = (id: string, usual: boolean) =>
      id === 'units' || (layers === null ? usual && (rich || !BUSY.has(id)) : layers.includes(id));
    shown.set(
      Object.fromEntries([['units', true], ...groups.get().map(({ id, on: usual }) => [id, on(id, usual)])]),
    );
    heatOn.set(layers === null ? hot : layers.includes('heat'));
  }

  function draw(): void {
    if (map === null) return;
    const chosen = onWall(tour.get(), sent());
    const open = [...desk.get().incidents.values()].filter((one) => !hasEnded(one));
    const { incidents, badges } = heap(open, chosen, map.view().zoom);
    const picture = opsPicture({
      desk: { ...desk.get(), incidents },
      chosen,
      draft: null,
      ranked: null,
      viewsheds: new Map(),
      camera: null,
      closures: closures.get(),
      zones: [],
      fleet: fleet.get(),
      eta: () => '',
      left: () => '',
    });
    map.setOps({ ...picture, badge: badges });
  }

  // --- cameras ------------------------------------------------------------------------------------------------

  let ranking: ReturnType<typeof setTimeout> | undefined;
  let ranked: string | null = null;

  function watch(): void {
    const one = sent();
    const id = onWall(tour.get(), one);
    const incident = id === null ? undefined : desk.get().incidents.get(id);
    // A wall may watch what is near an open incident of priority 1 or 2, a guest's nothing.
    const may = incident !== undefined && incident.priority <= 2 && isOpen(incident.id) && !guest();
    const wanted = may && !curtain.get() ? `${incident.id} ${one?.cameras.join() ?? ''}` : null;
    if (wanted === ranked) return;
    ranked = wanted;
    clearTimeout(ranking);
    wallCameras.set(null);
    if (wanted !== null && incident !== undefined) void rank(wanted, incident.id, one?.cameras ?? []);
  }

  async function rank(wanted: string, incident: string, chosen: readonly string[]): Promise<void> {
    const answer = await api.cameras(incident, RANKED);
    if (ranked !== wanted) return;
    ranking = setTimeout(() => void rank(wanted, incident, chosen), RANK_MS);
    if (answer.tag !== 'ok') {
      // What was shown stays: its tiles say themselves how old they are.
      if (answer.tag === 'refused') wallCameras.set({ incident, items: [], none: answer.detail });
      return;
    }
    const { items, none_sees } = answer.value;
    const seeing = items.filter(
      ({ sees, online }) => online !== false && ['yes', 'after_turn'].includes(sees),
    );
    const picked = items.filter(({ camera }) => chosen.includes(camera));
    const best = picked.length > 0 ? picked : seeing;
    wallCameras.set({ incident, items: best.slice(0, PICTURES), none: none_sees?.text ?? null });
  }

  // --- keys ---------------------------------------------------------------------------------------------------

  function key(press: Press, inField: boolean): boolean {
    const act = readWallKey(press, inField);
    if (act === null) return false;
    const [at, now_is] = [Date.now(), tour.get()];
    switch (act.do) {
      case 'curtain':
        setCurtain(!curtain.get());
        break;
      case 'acknowledge':
        tour.set(tours.acknowledged(now_is, at));
        break;
      case 'full':
        if (document.fullscreenElement === null) void document.documentElement.requestFullscreen?.();
        else void document.exitFullscreen();
        break;
      case 'layers':
        rich = !rich;
        dress();
        break;
      case 'heat':
        hot = !hot;
        setQuery('heat', writeHeat(hot, heatDays.get()));
        dress();
        break;
      case 'hold':
        tour.set(tours.held(now_is, at));
        break;
      case 'lock':
        tour.set(tours.locked(now_is, at));
        break;
      case 'city':
        steer(null);
        break;
      case 'next':
      case 'previous': {
        const ring = stops();
        const from = { ...now_is, at: tours.shownOf(now_is) };
        steer(tours.stepped(from, ring, act.do === 'next' ? 1 : -1, at).at);
        break;
      }
      case 'row':
        choose(() => act.n - 1);
        break;
      case 'above':
        choose((here) => Math.max(0, here - 1));
        break;
      case 'below':
        choose((here) => here + 1);
        break;
    }
    look();
    watch();
    return true;
  }

  /** What a hand wants to see; while a desk has the wall, or the view is locked, the hand moves nothing. */
  function steer(stop: tours.Stop): void {
    if (sent() === null && !tour.get().locked) tour.set(tours.jumped(tour.get(), stop, Date.now()));
  }

  function choose(to: (here: number) => number): void {
    const { rows } = rowsOf(desk.get(), now());
    const here = rows.findIndex(({ incident }) => incident.id === tours.shownOf(tour.get()));
    const row = rows[to(here)];
    if (row !== undefined) steer(row.incident.id);
  }

  function setCurtain(on: boolean): void {
    curtain.set(on);
    setQuery('curtain', on ? '1' : null);
  }

  let trending = false;

  async function readTrend(): Promise<void> {
    const answer = await api.trend();
    // What was not answered stays as it is: its hours are written beside it. What is not for this role is not shown.
    if (answer.tag === 'ok') trend.set(answer.value.hours);
  }

  session.subscribe((is) => {
    if (is.tag !== 'in' || trending) return;
    trending = true;
    void readTrend();
    setInterval(() => void readTrend(), TREND_MS);
    void readClosures(api);
    setInterval(() => void readClosures(api), CLOSURES_MS);
  });

  now_ms.subscribe(() => {
    walk();
    watch();
  });
  scene.subscribe(() => {
    look();
    watch();
  });

  return {
    name,
    since: () => ({ seq: desk.get().seq, epoch: desk.get().epoch }),
    hear(message) {
      desk.set(applyToDesk(desk.get(), message));
      if (message.t === 'heartbeat')
        beat.set({ sources: message.sources ?? {}, alarms: message.alarms ?? [] });
      else if (message.t === 'scene') scene.set(message.scene);
      else if (message.t === 'revision' && message.layer === 'closures') void readClosures(api);
      if (message.t === 'event' || message.t === 'snapshot') {
        walk();
        watch();
      }
    },
    join(made) {
      map = made;
      made.setCovered({
        left: COVERED.left / MAP_SCALE,
        top: COVERED.top / MAP_SCALE,
        right: COVERED.right / MAP_SCALE,
        bottom: COVERED.bottom / MAP_SCALE,
      });
      for (const one of [desk, tour, scene, closures]) one.subscribe(draw);
      look();
    },
    key,
    moved: draw,
    touch() {
      if (sent() === null && session.get().tag === 'in') tour.set(tours.touched(tour.get(), Date.now()));
    },
  };
}
