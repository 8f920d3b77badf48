/** Puts the planner's page together: server, questions, map with what they say, panels. */
import 'maplibre-gl/dist/maplibre-gl.css';
import './look/app.css';
import './look/plan.css';
import { mount } from 'svelte';
import { metres, scaleFor } from './look/scale';
import { wear } from './look/theme';
import { themes } from './look/tokens';
import { type CityMap, makeCityMap } from './map/city-map';
import { loadFonts } from './map/fonts';
import { PlanOverlay, type PlanPicture } from './map/plan-overlay';
import { groupsOf, readStyle } from './map/style';
import PlanPage from './panels/plan/PlanPage.svelte';
import { readAddress, writeAddress } from './state/address';
import { city, cityOf } from './state/city';
import { now_ms, offset_ms, startClock } from './state/clock';
import { heat, heatFrom, heatOn, keepHeat, picturesOf } from './state/heat';
import { language, words } from './state/language';
import { firstShown, groups, shown, switched } from './state/layers';
import {
  compare,
  corner,
  coverage,
  lastOf,
  limit,
  makePlanWork,
  posts,
  reaches,
  sites,
  spot,
  steps,
  township,
} from './state/plan';
import { move, noMap, styleTrouble, tilesMissing } from './state/selection';
import { checkSession, loggedOut, session } from './state/session';
import { theme } from './state/theme';
import { percentText } from './state/what-if';
import { installSeam } from './test-seam';
import { makeAsk, makeClient } from './wire/client';
import { makePlanning } from './wire/planning';
import { fill } from './words';

const options = {
  fetch: (input: string, init?: RequestInit) => fetch(input, init),
  language: () => (language.get() === 'zh' ? 'zh-CN' : 'en'),
  onLoggedOut: loggedOut,
};
const client = makeClient(options);
const work = makePlanWork({
  api: makePlanning(makeAsk(options)),
  postName: (n) => fill(words.get().planPost, { n }),
});
const query = new URLSearchParams(location.search);
let address = readAddress(location.hash);
const overlays = { now: new PlanOverlay(), would: new PlanOverlay() };
let map: CityMap | null = null;
/** Made when two are wanted for the first time, and kept: WebGL contexts are few. */
let second: CityMap | null = null;

// --- session --------------------------------------------------------------------------------------------------

const askWho = () => checkSession(client.session);

let lastUser: string | null = null;

session.subscribe((now) => {
  if (now.tag !== 'in') return;
  if (lastUser !== null && lastUser !== now.session.user) location.reload();
  lastUser = now.session.user;
  work.again();
  void dressMap();
});

// --- map ------------------------------------------------------------------------------------------------------

let dressing: ReturnType<typeof setTimeout> | undefined;

async function dressMap(): Promise<void> {
  if (session.get().tag !== 'in' || (map === null && noMap.get() === null)) return;
  clearTimeout(dressing);
  const asked = theme.get();
  const answer = await client.style(asked);
  if (asked !== theme.get()) return;
  const style = answer.tag === 'ok' ? readStyle(answer.value) : null;
  if (style !== null) {
    styleTrouble.set('none');
    city.set(cityOf(style.metadata));
    groups.set(groupsOf(style));
    const own = firstShown(groups.get(), map?.styled() ? shown.get() : {}, address.on);
    // Cameras, firms and houses are not what is planned with here: off until somebody wants them.
    const quiet =
      map?.styled() || address.on !== null
        ? own
        : { ...own, cameras: false, enterprises: false, houses: false };
    shown.set(quiet);
    for (const one of [map, second]) one?.setStyle(style, language.get(), shown.get());
  } else if (answer.tag === 'refused') styleTrouble.set('refused');
  else {
    styleTrouble.set('failed');
    dressing = setTimeout(() => void dressMap(), 5000);
  }
}

const scale = () =>
  scaleFor({
    width_px: innerWidth,
    density: devicePixelRatio,
    wallw_m: metres(query.get('wallw')),
    dist_m: metres(query.get('dist')),
  });

function rescale(): void {
  document.documentElement.style.fontSize = `${16 * scale()}px`;
  for (const one of [map, second]) one?.setScale(scale());
}

function make(host: HTMLElement, over: PlanOverlay, view: typeof address.view): CityMap {
  return makeCityMap({
    host,
    view,
    tokens: themes[theme.get()],
    scale: scale(),
    title: words.get().map,
    over,
    events: {
      onClick: (lon, lat) => session.get().tag === 'in' && work.click({ lon, lat }),
      onPick: () => undefined,
      onIncident: () => undefined,
      onCamera: () => undefined,
      onMoved(at, _bounds, meant) {
        heatFrom(at);
        if (!meant) return;
        address = { ...address, view: at };
        keepAddress();
      },
      onTilesMissing: (sources) => tilesMissing.set(sources),
      onLoggedOut: loggedOut,
    },
  });
}

function keepAddress(): void {
  const list = shown.get();
  const on = switched.get() ? Object.keys(list).filter((id) => list[id]) : address.on;
  address = { view: address.view, on };
  history.replaceState(null, '', location.pathname + location.search + writeAddress(address));
}

/** A place for a map between the panels. */
function stage(name: 'a' | 'b'): HTMLElement {
  const made = document.createElement('div');
  made.className = `stage ${name}`;
  document.getElementById('panels')?.before(made);
  return made;
}

function makeSecond(): void {
  if (second !== null || map === null) return;
  const host = document.createElement('div');
  stage('b').append(host);
  second = make(host, overlays.would, map.view());
  overlays.now.lock(overlays.would);
  drawHeat();
  void dressMap();
}

/** What each map shows: how it is, or how it would be. With one map it is how it would be, if anything would. */
function draw(): void {
  const { stands, closed } = steps.get().now;
  const at = spot.get();
  const answer = lastOf(coverage.get());
  const would = answer?.what_if;
  const l = limit.get();
  const marked = [
    ...(at === null ? [] : [{ ...at, label: '', look: 'spot' as const }]),
    ...posts.get().map(({ lon, lat }, n) => ({ lon, lat, label: String(n + 1), look: 'post' as const })),
    ...(lastOf(sites.get())?.places ?? [])
      .map(({ lon, lat }, n) => ({ lon, lat, label: letter(n), look: 'site' as const }))
      // What was taken on is drawn as what it is now.
      .filter(
        ({ lon, lat }) => ![...stands, ...posts.get()].some((one) => one.lon === lon && one.lat === lat),
      ),
  ];
  const told = (which: 'before' | 'after'): PlanPicture['told'] =>
    (would?.places ?? []).map((one) => ({
      name: one.name,
      says: percentText(one[which][l] ?? 0, one.total),
      tone: (one.after[l] ?? 0) >= (one.before[l] ?? 0) ? 'better' : 'worse',
    }));
  const as_is: PlanPicture = {
    reaches: reaches.get().now,
    closed: [],
    marks: marked,
    told: told('before'),
    township: township.get(),
    language: language.get(),
  };
  const what_if: PlanPicture = {
    reaches: reaches.get().would,
    closed: [
      ...closed,
      ...(corner.get() === null ? [] : [[corner.get(), corner.get()]]),
    ] as PlanPicture['closed'],
    marks: [
      ...marked,
      ...stands.map(({ unit, lon, lat }) => ({ lon, lat, label: unit, look: 'unit' as const })),
    ],
    told: told('after'),
    township: township.get(),
    language: language.get(),
  };
  overlays.now.fill(compare.get() ? as_is : what_if);
  overlays.would.fill(what_if);
}

function drawHeat(): void {
  for (const one of [map, second]) one?.setHeat(picturesOf(heatOn.get(), heat.get()));
}

function letter(n: number): string {
  return n < 26
    ? String.fromCharCode(65 + n)
    : `${String.fromCharCode(64 + Math.floor(n / 26))}${letter(n % 26)}`;
}

function join(made: CityMap): void {
  theme.subscribe((name) => {
    for (const one of [map, second]) one?.setTokens(themes[name]);
    void dressMap();
  });
  language.subscribe((lang) => {
    for (const one of [map, second]) one?.setLanguage(lang, words.get().map);
    draw();
  });
  shown.subscribe((list) => {
    for (const one of [map, second]) one?.setShown(list);
    if (switched.get()) keepAddress();
  });
  move.subscribe((wish) => {
    if (wish?.tag === 'zoom') made.zoomBy(wish.by);
    else if (wish?.tag === 'home') made.home();
    else if (wish?.tag === 'fly') made.fly(wish.to.lon, wish.to.lat, wish.zoom);
  });
  compare.subscribe((two) => {
    document.documentElement.toggleAttribute('data-compare', two);
    if (two) makeSecond();
    draw();
  });
  for (const one of [coverage, steps, sites, posts, reaches, spot, township, limit, corner])
    one.subscribe(draw);
  for (const one of [heat, heatOn]) one.subscribe(drawHeat);
}

keepHeat({ ask: client.heat, theme, session, now_ms: now_ms.get });

// Reasons come in the language that they were asked in.
let spoken = language.get();
language.subscribe((lang) => {
  if (lang !== spoken && session.get().tag === 'in') work.again();
  spoken = lang;
});

// --- start ----------------------------------------------------------------------------------------------------

document.documentElement.dataset.page = 'plan';
theme.subscribe((name) => wear(document.documentElement, name));
addEventListener('resize', rescale);
rescale();
startClock();
offset_ms.set(0);
mount(PlanPage, {
  target: document.getElementById('panels') as HTMLElement,
  props: {
    work,
    login: async (user: string, password: string) => {
      const answer = await client.login(user, password);
      if (answer.tag === 'ok') session.set({ tag: 'in', session: answer.value });
      return answer;
    },
    logout: () => void client.logout().then(() => location.reload()),
    middle: () => map?.view() ?? null,
  },
});
installSeam({ map: () => map, drawn: () => overlays[compare.get() ? 'would' : 'now'].drawn() });
void askWho();
await loadFonts(document.fonts, () => {
  for (const one of [map, second]) one?.redraw();
});
try {
  const host = document.getElementById('map') as HTMLElement;
  stage('a').append(host);
  map = make(host, overlays.now, address.view);
  join(map);
} catch (error) {
  noMap.set(String(error));
}
void dressMap();
