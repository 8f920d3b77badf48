/** Puts the parts together: server, state, socket, map, panels. Nothing else knows all of them. */
import 'maplibre-gl/dist/maplibre-gl.css';
import './look/app.css';
import { mount } from 'svelte';
import { makeDeskPage } from './desk-page';
import { apply } from './live/apply';
import { makeLink, type Socket } from './live/socket';
import { metres, scaleFor } from './look/scale';
import { wear } from './look/theme';
import { themes } from './look/tokens';
import { type CityMap, makeCityMap } from './map/city-map';
import { loadFonts } from './map/fonts';
import { framed } from './map/picture';
import { groupsOf, readStyle } from './map/style';
import App from './panels/App.svelte';
import { readAddress, readToken, setQuery, writeAddress } from './state/address';
import { setLinks } from './state/age';
import type { Readable } from './state/cell';
import { city, cityOf } from './state/city';
import { hearTime, now_ms, offset_ms, startClock } from './state/clock';
import { barOpen, chosenCamera } from './state/console';
import { chosenIncident } from './state/desk';
import { heat, heatDays, heatFrom, heatOn, keepHeat, picturesOf, readHeat, writeHeat } from './state/heat';
import { language, words } from './state/language';
import { firstShown, groups, makeRoom, shown, switched } from './state/layers';
import { fleet, heard_ms, link } from './state/live';
import { page } from './state/page';
import { changedLayers, type Revisions } from './state/revisions';
import { goTo, looked, makeFinder } from './state/search';
import {
  around,
  chooseUnits,
  chosenUnit,
  move,
  noMap,
  type Point,
  RADIUS_M,
  spot,
  styleTrouble,
  tilesMissing,
} from './state/selection';
import { makeWallSender } from './state/send-wall';
import { checkSession, loggedOut, session } from './state/session';
import { theme } from './state/theme';
import { type Channel, following, makeWindows, show, showOf } from './state/windows';
import { installSeam } from './test-seam';
import { keepTickets } from './video/keep';
import { MAP_SCALE, makeWallPage } from './wall-page';
import type { Session } from './wire/answers';
import { type Answer, makeClient } from './wire/client';
import { newId } from './wire/id';
import type { Bounds, LiveMessage } from './wire/live';

const client = makeClient({
  fetch: (input, init) => fetch(input, init),
  language: () => (language.get() === 'zh' ? 'zh-CN' : 'en'),
  onLoggedOut: loggedOut,
});
const atDesk = page === 'dispatch';
const wall = page === 'wall' ? makeWallPage(client, () => Date.now() + offset_ms.get()) : null;
const desk = makeDeskPage(client, () => Date.now() + offset_ms.get());
const sender = makeWallSender({
  api: client,
  view: () => map?.view() ?? null,
  user: () => {
    const now = session.get();
    return now.tag === 'in' ? now.session.user : '';
  },
  steady: () => performance.now(),
});
const windows = makeWindows({
  channel: new BroadcastChannel('onemap-desk') as Channel,
  me: newId(),
  user: () => {
    const now = session.get();
    return atDesk && now.tag === 'in' ? now.session.user : '';
  },
  choose: desk.work.choose,
  askRing: (incident, minutes, by) => void desk.work.ring.ask(incident, minutes, by),
  open: () => open(listsAddress(), 'onemap-lists', 'popup,width=1600,height=1000') !== null,
});
const host = document.getElementById('map') as HTMLElement;
const query = new URLSearchParams(location.search);
if (atDesk) {
  show.set(showOf(query));
  following.set(query.get('apart') !== '1');
}
let address = readAddress(location.hash);
let map: CityMap | null = null;
let revisions: Revisions = {};

// --- live -----------------------------------------------------------------------------------------------------

const live = makeLink({
  open: () => new WebSocket(new URL('/api/v1/live', location.href.replace(/^http/, 'ws'))) as Socket,
  // A wall counts all units, wherever it looks.
  bounds: () => (wall === null && map !== null ? wider(map.bounds()) : null),
  ...(atDesk ? { since: desk.since } : {}),
  ...(wall === null ? {} : { since: wall.since, wall: wall.name }),
  onMessage: hear,
  onState: (state) => link.set(state),
  onRefused: () => void askWho(),
  chance: Math.random,
});

function hear(message: LiveMessage): void {
  heard_ms.set(Date.now());
  if ('now' in message) hearTime(message.now);
  fleet.set(apply(fleet.get(), message));
  if (atDesk) desk.hear(message);
  wall?.hear(message);
  if (message.t === 'snapshot') {
    setLinks(message.links);
    for (const layer of changedLayers(revisions, message.revisions ?? {})) map?.refresh(layer);
    revisions = message.revisions ?? {};
  } else if (message.t === 'revision') {
    revisions = { ...revisions, [message.layer]: message.revision };
    map?.refresh(message.layer);
  } else if (message.t === 'bye' && message.reason === 'EXPIRED') loggedOut();
}

/** A tenth more on each side, so that a small pan finds its units there already. */
function wider([west, south, east, north]: Bounds): Bounds {
  const [x, y] = [(east - west) / 10, (north - south) / 10];
  return [west - x, Math.max(-90, south - y), east + x, Math.min(90, north + y)];
}

// --- session --------------------------------------------------------------------------------------------------

const askWho = () => checkSession(client.session);

/** A screen that was started with a token comes in by it; the address keeps no token where it can be read. */
async function enter(): Promise<void> {
  const token = wall === null ? null : readToken(location.hash);
  if (token === null) return askWho();
  const answer = await client.keep(token);
  if (answer.tag === 'failed') {
    // A wall that is switched on before its server waits for it.
    session.set({ tag: 'unknown' });
    setTimeout(() => void enter(), 3000);
    return;
  }
  history.replaceState(null, '', location.pathname + location.search);
  return askWho();
}

async function login(user: string, password: string): Promise<Answer<Session>> {
  const answer = await client.login(user, password);
  if (answer.tag === 'ok') session.set({ tag: 'in', session: answer.value });
  return answer;
}

async function logout(): Promise<void> {
  await client.logout();
  // What this user saw goes with the user: the page starts empty for the next.
  session.set({ tag: 'asking' });
  location.reload();
}

let lastUser: string | null = null;

session.subscribe((now) => {
  if (now.tag === 'in') {
    // What the one before saw is not for the next.
    if (lastUser !== null && lastUser !== now.session.user) location.reload();
    lastUser = now.session.user;
    live.start();
    // A desk that was reloaded finds what it has put on walls.
    const sends = now.session.roles.some((role) => role === 'dispatcher' || role === 'lead');
    if (atDesk && sends) void sender.look();
    windows.hello();
    void dressMap();
  } else live.stop();
});

// --- map ------------------------------------------------------------------------------------------------------

let dressing: ReturnType<typeof setTimeout> | undefined;

/** Asks for the style of this role and theme, and again until it comes. */
async function dressMap(): Promise<void> {
  // Without a map the style still says which city this is, and so which clock.
  const comes = map === null && noMap.get() === null && show.get() !== 'lists';
  if (comes || session.get().tag !== 'in') return;
  clearTimeout(dressing);
  const asked = theme.get();
  const answer = await client.style(asked);
  if (asked !== theme.get()) return; // switched while asking; that switch asks for itself
  const style = answer.tag === 'ok' ? readStyle(answer.value) : null;
  if (style !== null) {
    styleTrouble.set('none');
    city.set(cityOf(style.metadata));
    if (map === null) return;
    groups.set(groupsOf(style));
    const first = !map.styled();
    shown.set(firstShown(groups.get(), first ? {} : shown.get(), address.on));
    if (first && atDesk && heatOn.get() && address.on === null) makeRoom(true);
    map.setStyle(style, language.get(), shown.get());
  } else if (answer.tag === 'refused') styleTrouble.set('refused');
  else {
    styleTrouble.set('failed');
    dressing = setTimeout(() => void dressMap(), 5000);
  }
}

async function ask(at: Point): Promise<void> {
  if (session.get().tag !== 'in') return;
  const mine = { tag: 'asking', at } as const;
  chooseUnits([]);
  spot.set(null);
  around.set(mine);
  const answer = await client.surroundings(at.lon, at.lat, RADIUS_M);
  // Closed or asked elsewhere meanwhile: this answer is about nothing on the screen.
  if (around.get() !== mine) return;
  const loginEnded = answer.tag === 'refused' && answer.status === 401; // the login panel says it
  around.set(loginEnded ? { tag: 'nothing' } : { tag: 'answered', at, answer });
}

/** The address of the window that has the lists of this desk. */
function listsAddress(): string {
  const asks = new URLSearchParams({ show: 'lists', lang: language.get() });
  const incident = chosenIncident.get();
  if (incident !== null) asks.set('inc', incident);
  return `${location.pathname}?${asks}`;
}

/** The middle of what the map shows; null without a map. */
function middle(): Point | null {
  if (map === null) return null;
  const { lon, lat } = map.view();
  return { lon, lat };
}

const finder = makeFinder({
  ask: (text, near, most) => client.search(text, near, most),
  near: middle,
  chosen(item) {
    barOpen.set(false);
    goTo(item);
    if (atDesk && item.kind === 'incident') desk.work.choose(item.id);
  },
});

/** On the console a click is the beginning of a report, or says where an incident is. */
function report(at: Point): void {
  if (session.get().tag === 'in') desk.work.click(at);
}

function keepAddress(): void {
  const list = shown.get();
  const on = switched.get() ? Object.keys(list).filter((id) => list[id]) : address.on;
  address = { view: address.view, on };
  history.replaceState(null, '', location.pathname + location.search + writeAddress(address));
}

function drawAnswer(): void {
  const now = around.get();
  const people = now.tag === 'answered' && now.answer.tag === 'ok' ? now.answer.value.people : null;
  map?.setOverlay({
    circle: now.tag === 'nothing' ? null : { ...now.at, radius_m: RADIUS_M },
    outline: people?.outline ?? null,
    spot: spot.get(),
  });
}

function drawUnits(): void {
  map?.setUnits(fleet.get().units.values(), now_ms.get(), chosenUnit.get());
}

function drawHeat(): void {
  map?.setHeat(picturesOf(heatOn.get(), heat.get()));
}

/** A wall whose address says nothing is taken for one that is 4 m wide and read from 4 m. */
const usual_m = wall === null ? null : 4;
const scale = () =>
  scaleFor({
    width_px: innerWidth,
    density: devicePixelRatio,
    wallw_m: metres(query.get('wallw')) ?? usual_m,
    dist_m: metres(query.get('dist')) ?? usual_m,
  });
const mapScale = () => scale() * (wall === null ? 1 : MAP_SCALE);

function rescale(): void {
  document.documentElement.style.fontSize = `${16 * scale()}px`;
  map?.setScale(mapScale());
}

function makeMap(): void {
  let told: ReturnType<typeof setTimeout> | undefined;
  try {
    map = makeCityMap({
      host,
      view: address.view,
      tokens: themes[theme.get()],
      scale: mapScale(),
      title: words.get().map,
      events: {
        onClick(lon, lat) {
          if (wall !== null) wall.touch();
          else if (atDesk) report({ lon, lat });
          else void ask({ lon, lat });
        },
        onPick: wall === null ? chooseUnits : wall.touch,
        onIncident: wall === null ? desk.work.choose : wall.touch,
        onCamera: (fid) => chosenCamera.set(chosenCamera.get() === fid ? null : fid),
        onMoved(view, bounds, meant) {
          heatFrom(view);
          // A tour would write the address thousands of times a day.
          if (wall !== null) return wall.moved();
          if (meant) {
            address = { ...address, view };
            keepAddress();
          }
          looked(bounds);
          // Once the hand rests: a view sent at each step of a drag would be a query each.
          clearTimeout(told);
          told = setTimeout(() => live.moved(wider(bounds)), 250);
        },
        onTilesMissing: (sources) => tilesMissing.set(sources),
        onLoggedOut: loggedOut,
      },
    });
  } catch (error) {
    noMap.set(String(error));
    void dressMap();
  }
}

function join(made: CityMap): void {
  // The socket may have said hello while the fonts were loading, without bounds.
  if (wall === null) live.moved(wider(made.bounds()));
  theme.subscribe((name) => {
    made.setTokens(themes[name]);
    void dressMap();
  });
  language.subscribe((lang) => made.setLanguage(lang, words.get().map));
  shown.subscribe((list) => {
    made.setShown(list);
    if (switched.get()) keepAddress();
  });
  fleet.subscribe(drawUnits);
  now_ms.subscribe(drawUnits);
  chosenUnit.subscribe(drawUnits);
  around.subscribe(drawAnswer);
  spot.subscribe(drawAnswer);
  for (const one of [heat, heatOn]) one.subscribe(drawHeat);
  move.subscribe((wish) => {
    if (wish === null) return;
    switch (wish.tag) {
      case 'fly':
        return made.fly(wish.to.lon, wish.to.lat, wish.zoom);
      case 'see':
        return made.see(wish.to.lon, wish.to.lat);
      case 'zoom':
        return made.zoomBy(wish.by);
      case 'home':
        return made.home();
      case 'ask-here': {
        const { lon, lat } = made.view();
        return void ask({ lon, lat });
      }
    }
  });
  if (atDesk) desk.join(made);
  wall?.join(made);
  addEventListener('hashchange', () => {
    const next = readAddress(location.hash);
    if (next.view !== null) made.goTo(next.view);
  });
}

// --- start ----------------------------------------------------------------------------------------------------

document.documentElement.dataset.page = page;
show.subscribe((has) => {
  document.documentElement.dataset.show = has;
  if (atDesk) setQuery('show', has === 'all' ? null : has);
});
following.subscribe((on) => atDesk && setQuery('apart', on ? null : '1'));
addEventListener('pagehide', windows.bye);
theme.subscribe((name) => wear(document.documentElement, name));
addEventListener('resize', rescale);
rescale();
startClock();
// The map's own page has no switch for it.
if (atDesk || wall !== null) {
  const asked = readHeat(query.get('heat'));
  if (asked !== null) {
    heatDays.set(asked.days);
    if (atDesk) heatOn.set(true);
  }
  keepHeat({ ask: client.heat, theme, session, now_ms: now_ms.get });
  // A wall's own wish is kept by its page: a desk may have put another on it.
  if (atDesk) {
    heatOn.subscribe(makeRoom);
    for (const one of [heatOn, heatDays] as Readable<unknown>[])
      one.subscribe(() => setQuery('heat', writeHeat(heatOn.get(), heatDays.get())));
  }
}
mount(App, {
  target: document.getElementById('panels') as HTMLElement,
  props: {
    login,
    logout: () => void logout(),
    ticket: wall === null ? client.ticket : keepTickets(client.ticket, () => Date.now() + offset_ms.get()),
    work: desk.work,
    finder,
    wall,
    sender,
    windows,
    middle,
    paper: { picture: () => map?.picture() ?? null, framed },
    askAgain: () => {
      const now = around.get();
      if (now.tag !== 'nothing') void ask(now.at);
    },
  },
});
installSeam({ map: () => map });
void enter();
// The letters must be there before the map is: see `loadFonts`.
await loadFonts(document.fonts, () => map?.redraw());
if (show.get() !== 'lists') makeMap();
if (map !== null) join(map);
