/** Puts the page of a unit in the field together: server, socket, outbox, receiver, panel. It has no map. */
import './look/field.css';
import { mount } from 'svelte';
import { makeFieldWork } from './field-work';
import { applyToDesk, NO_DESK } from './live/incidents';
import { makeLink, type Socket } from './live/socket';
import { hasHan } from './look/letters';
import { wear } from './look/theme';
import { themes } from './look/tokens';
import UnitPage from './panels/unit/UnitPage.svelte';
import { makeReceiver } from './receiver';
import { hearTime, now_ms, offset_ms, startClock } from './state/clock';
import { desk } from './state/desk';
import {
  asOf_ms,
  awake,
  entries,
  facts,
  full,
  installable,
  lasting,
  nearby,
  said,
  self,
  who,
} from './state/field';
import { language } from './state/language';
import { heard_ms, link } from './state/live';
import { Outbox } from './state/outbox';
import { checkSession, loggedOut, session } from './state/session';
import { Sharer } from './state/sharing';
import { openShelf } from './state/shelf';
import { makeAsk } from './wire/client';
import { makeField } from './wire/field';
import type { LiveMessage } from './wire/live';
import type { Incident, RosterUnit } from './wire/operations';

interface KeptDesk {
  seq: number | null;
  epoch: number | string | null;
  incidents: Incident[];
  at_ms: number;
}

const PATIENCE_MS = 15_000;

const api = makeField(
  makeAsk({
    // A bad network holds a request for minutes; after this it counts as unanswered and is asked again.
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }),
    language: () => (language.get() === 'zh' ? 'zh-CN' : 'en'),
    onLoggedOut: loggedOut,
  }),
);
const shelf = await openShelf(globalThis.indexedDB);
lasting.set(shelf.lasting);

/** Somebody logs out: from now on nothing is kept. */
let leaving = false;

/** Keeps what was seen over a reload; a shelf that has no room keeps nothing, and the page goes on. */
function keep(key: string, value: unknown): void {
  if (!leaving) void shelf.keep(key, value).catch(() => undefined);
}

// --- what is pressed ------------------------------------------------------------------------------------------

const outbox = new Outbox({
  shelf,
  send: api.send,
  // A login that has ended sends nothing; one that could not be asked, for want of a network, may be good.
  user: () => (session.get().tag === 'out' ? null : (who.get()?.user ?? null)),
  now: Date.now,
  changed: entries.set,
  done: (entry, answer) => work.done(entry, answer),
});
const work = makeFieldWork({
  api,
  outbox,
  share: (wanted) => {
    sharer.say({ wanted });
    keep('share', wanted);
  },
  positionsNow: () => void sharer.send(),
  login: async (user, password) => {
    const answer = await api.login(user, password);
    if (answer.tag === 'ok') session.set({ tag: 'in', session: answer.value });
    return answer;
  },
  logout: async () => {
    const answer = await api.logout();
    if (answer.tag === 'failed') return false;
    leaving = true;
    live.stop();
    const user = who.get()?.user;
    if (user !== undefined) await outbox.wipe(user);
    await shelf.wipe();
    location.reload();
    return true;
  },
});

// --- position -------------------------------------------------------------------------------------------------

const boot = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? '0';
const device = await deviceName();
let counted = 0;
const sharer = new Sharer({
  receiver: makeReceiver(navigator.geolocation),
  post: (fixes) => api.positions(who.get()?.unit ?? '', fixes, channel()),
  now: Date.now,
  obs: () => `${device}:${boot}:${++counted}`,
  changed: facts.set,
  offDuty: () => void askSelf(),
});

/** A name that tells this device's reports from another's; it says nothing of the phone, and goes at log-out. */
async function deviceName(): Promise<string> {
  const known = await shelf.kept<string>('device').catch(() => undefined);
  if (known !== undefined) return known;
  const made = `web-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? '0'}`;
  await shelf.keep('device', made).catch(() => undefined);
  return made;
}

function channel(): string | null {
  const { connection } = navigator as Navigator & { connection?: { type?: string } };
  return connection?.type === 'wifi' || connection?.type === 'cellular' ? connection.type : null;
}

let lock: WakeLockSentinel | null = null;

/** The screen stays on while the position is shared and the page is seen: with it off nothing would be sent. */
async function keepAwake(): Promise<void> {
  const { wanted, duty, safe, denied } = facts.get();
  const needed = wanted && safe && !denied && duty !== null && duty !== 'off_duty';
  if (!needed || document.visibilityState !== 'visible') {
    if (!needed) awake.set(null);
    await lock?.release().catch(() => undefined);
    lock = null;
    return;
  }
  if (lock !== null) return;
  try {
    lock = await navigator.wakeLock.request('screen');
    awake.set(true);
    lock.addEventListener('release', () => {
      lock = null;
    });
  } catch {
    awake.set(false);
  }
}

// --- live -----------------------------------------------------------------------------------------------------

const live = makeLink({
  open: () => new WebSocket(new URL('/api/v1/live', location.href.replace(/^http/, 'ws'))) as Socket,
  bounds: () => null,
  since: () => ({ seq: desk.get().seq, epoch: desk.get().epoch }),
  // The own place comes back with each message; once in ten seconds is enough to see that it arrived.
  max_hz: 0.1,
  onMessage: hear,
  onState: (state) => {
    link.set(state);
    if (state === 'open') outbox.wake();
  },
  onRefused: () => void askWho(),
  chance: Math.random,
});

function hear(message: LiveMessage): void {
  heard_ms.set(Date.now());
  if ('now' in message) hearTime(message.now);
  desk.set(applyToDesk(desk.get(), message));
  if (message.t === 'snapshot' || message.t === 'units' || message.t === 'gone') askSelfSoon();
  if (message.t === 'snapshot') asOf_ms.set(null);
  if (message.t === 'bye' && message.reason === 'EXPIRED') loggedOut();
}

let asking: ReturnType<typeof setTimeout> | undefined;

function askSelfSoon(): void {
  clearTimeout(asking);
  asking = setTimeout(() => void askSelf(), 200);
}

/** The own record: duty above all, since nothing is shared off duty. */
async function askSelf(): Promise<void> {
  const unit = who.get()?.unit;
  if (unit == null) return;
  const answer = await api.self();
  if (answer.tag !== 'ok') return;
  const mine = answer.value.units.find(({ id }) => id === unit);
  if (mine !== undefined) self.set(mine);
}

self.subscribe((mine) => {
  if (mine === null) return;
  sharer.say({ duty: mine.duty });
  keep('self', mine);
});

// --- session --------------------------------------------------------------------------------------------------

const askWho = () => checkSession(api.session, () => who.get() !== null);

session.subscribe((now) => {
  if (now.tag !== 'in') {
    live.stop();
    if (now.tag === 'out') sharer.say({ duty: null });
    return;
  }
  const { user, unit = null } = now.session;
  const before = who.get();
  if (before !== null && (before.user !== user || before.unit !== unit)) forget();
  who.set({ user, unit, sure: true });
  keep('who', { user, unit });
  if (unit === null) return;
  live.start();
  askSelfSoon();
  outbox.wake();
});

/** What the one before saw is not for the next. What they pressed stays, and goes under their own name. */
function forget(): void {
  desk.set(NO_DESK);
  self.set(null);
  said.set(null);
  sharer.say({ wanted: false, duty: null });
  void shelf.wipe().catch(() => undefined);
}

let keeping = false;
let again = false;

/** Keeps what is seen, at once: a phone goes out of reach when it likes. One at a time, the newest after it. */
async function keepDesk(): Promise<void> {
  again = true;
  if (keeping) return;
  keeping = true;
  while (again) {
    again = false;
    const { seq, epoch, incidents, heard } = desk.get();
    if (!heard || leaving || session.get().tag !== 'in') continue;
    const kept: KeptDesk = {
      seq,
      epoch,
      incidents: [...incidents.values()],
      at_ms: Date.now() + offset_ms.get(),
    };
    await shelf.keep('desk', kept).catch(() => undefined);
  }
  keeping = false;
}

async function takeUp(): Promise<void> {
  const [before, mine, seen, share, where] = await Promise.all([
    shelf.kept<{ user: string; unit: string | null }>('who'),
    shelf.kept<RosterUnit>('self'),
    shelf.kept<KeptDesk>('desk'),
    shelf.kept<boolean>('share'),
    shelf.kept<ReturnType<typeof nearby.get>>('nearby'),
  ]);
  nearby.set(where ?? null);
  if (before !== undefined) who.set({ ...before, sure: false });
  if (mine !== undefined) self.set(mine);
  if (share === true) sharer.say({ wanted: true });
  if (seen === undefined) return;
  asOf_ms.set(seen.at_ms);
  const incidents = new Map(seen.incidents.map((one) => [one.id, one]));
  desk.set({ incidents, seq: seen.seq, epoch: seen.epoch, heard: false });
}

// --- start ----------------------------------------------------------------------------------------------------

document.documentElement.dataset.page = 'unit';
const theme = new URLSearchParams(location.search).get('theme');
// Out of doors paper is read better than a lamp: light unless the address says dark.
wear(document.documentElement, theme !== null && theme in themes ? (theme as keyof typeof themes) : 'light');
startClock();
sharer.say({ safe: globalThis.isSecureContext && 'geolocation' in navigator });
await takeUp().catch(() => undefined);
// Whoever is offline at the start shows what was kept, with its time.
link.subscribe((state) => {
  if (state !== 'open' && asOf_ms.get() === null && heard_ms.get() !== null)
    asOf_ms.set((heard_ms.get() ?? 0) + offset_ms.get());
});
desk.subscribe(() => void keepDesk());
desk.subscribe(() => work.looked());
nearby.subscribe((house) => keep('nearby', house));
facts.subscribe(() => void keepAwake());
now_ms.subscribe(() => sharer.tick());
addEventListener('online', () => outbox.wake());
document.addEventListener('visibilitychange', () => {
  const seen = document.visibilityState === 'visible';
  sharer.seen(seen);
  void keepAwake();
  if (seen) {
    outbox.wake();
    work.looked();
  }
});
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  const { prompt } = event as Event & { prompt: () => Promise<unknown> };
  installable.set(() => {
    installable.set(null);
    void prompt.call(event);
  });
});
full.set(false);
mount(UnitPage, { target: document.getElementById('panels') as HTMLElement, props: { work } });
await outbox.open();
void askWho();
beTaken();
void bringLetters();

/** A phone has Chinese letters of its own; a terminal that has none is given ours, the slices that it needs. */
async function bringLetters(): Promise<void> {
  if (hasHan()) return;
  const brought = await import('./map/fonts').catch(() => null);
  brought?.addSlices(document.fonts);
  // What is drawn already is drawn anew for another family only.
  if (brought !== null) document.documentElement.dataset.letters = 'ours';
}

/** The page as a thing of the home screen that also opens without a network. Only where the browser allows it. */
function beTaken(): void {
  const manifest = document.createElement('link');
  manifest.rel = 'manifest';
  manifest.href = '/unit.webmanifest';
  document.head.append(manifest);
  if (import.meta.env.PROD && 'serviceWorker' in navigator)
    navigator.serviceWorker.register('/unit-worker.js', { scope: '/unit' }).catch(() => undefined);
}
