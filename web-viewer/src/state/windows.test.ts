import { beforeEach, expect, it } from 'vitest';
import { NO_DESK } from '../live/incidents';
import type { Incident } from '../wire/operations';
import { chosenCamera, notice, placing } from './console';
import { chosenIncident, desk } from './desk';
import { ring } from './ring';
import { move } from './selection';
import {
  type Channel,
  type Choice,
  following,
  makeWindows,
  others,
  show,
  showOf,
  type Word,
} from './windows';

const choice = (incident: string | null, more: Partial<Choice> = {}): Choice => ({
  incident,
  camera: null,
  ring: null,
  placing: null,
  ...more,
});
const tick = () => Promise.resolve();

/** One window, and what the others hear of it; `hears` is what they say. */
function rig({ user = 'd1', opens = true } = {}) {
  const said: Word['told'][] = [];
  const rings: string[] = [];
  const channel: Channel = { postMessage: ({ told }) => said.push(told), onmessage: null };
  const made = makeWindows({
    channel,
    me: 'm',
    user: () => user,
    choose(incident) {
      if (incident === chosenIncident.get()) return;
      chosenCamera.set(null);
      ring.set(null);
      chosenIncident.set(incident);
    },
    askRing(incident, minutes, by) {
      rings.push(`${incident} ${minutes} ${by}`);
      ring.set({ incident, minutes, by, part: { tag: 'asking' }, reach: [], said: new Map() });
    },
    open: () => opens,
  });
  const hears = (told: Word['told'], from = 'z', whose = 'd1') =>
    channel.onmessage?.({ data: { from, user: whose, told } });
  return { made, said, hears, rings };
}

beforeEach(() => {
  for (const one of [chosenIncident, chosenCamera, ring, placing, move, notice]) one.set(null);
  const incidents = new Map(['i1', 'i2'].map((id) => [id, { id } as unknown as Incident]));
  desk.set({ ...NO_DESK, incidents, heard: true });
  show.set('all');
  following.set(true);
  others.set(0);
});

it('what is chosen here is told once, together with its camera', async () => {
  const { said } = rig();
  chosenIncident.set('i1');
  chosenCamera.set(7);
  await tick();
  expect(said).toEqual([{ t: 'choice', n: 1, choice: choice('i1', { camera: 7 }) }]);
});
it('what is chosen elsewhere is chosen here, and is not told back', async () => {
  const { said, hears, rings } = rig();
  hears({
    t: 'choice',
    n: 4,
    choice: choice('i2', { camera: 7, ring: { minutes: 10, by: 'car' }, placing: 'last_seen' }),
  });
  await tick();
  expect([chosenIncident.get(), chosenCamera.get(), placing.get()]).toEqual([
    'i2',
    7,
    { incident: 'i2', role: 'last_seen' },
  ]);
  expect([rings, said]).toEqual([['i2 10 car'], []]);
  hears({ t: 'choice', n: 5, choice: choice('i2', { ring: { minutes: 10, by: 'car' } }) });
  expect([rings.length, chosenCamera.get(), placing.get()]).toEqual([1, null, null]);
});
it('an older choice is not taken; of two in one moment all windows take the same', async () => {
  const { hears } = rig();
  chosenIncident.set('i1');
  await tick();
  hears({ t: 'choice', n: 0, choice: choice('i2') });
  hears({ t: 'choice', n: 1, choice: choice('i2') }, 'a');
  expect(chosenIncident.get()).toBe('i1');
  hears({ t: 'choice', n: 1, choice: choice('i2') }, 'z');
  expect(chosenIncident.get()).toBe('i2');
});
it('another login is not heard, and without a login nothing is said', async () => {
  const { hears } = rig();
  hears({ t: 'choice', n: 9, choice: choice('i2') }, 'z', 'd2');
  hears({ t: 'hello', show: 'all' }, 'z', 'd2');
  expect([chosenIncident.get(), others.get()]).toEqual([null, 0]);
  const { said } = rig({ user: '' });
  chosenIncident.set('i1');
  await tick();
  expect(said).toEqual([]);
});
it('an incident that this window does not know yet is chosen when it comes', () => {
  const { hears } = rig();
  hears({ t: 'choice', n: 1, choice: choice('i3') });
  expect(chosenIncident.get()).toBe(null);
  desk.set({ ...desk.get(), incidents: new Map([['i3', { id: 'i3' } as unknown as Incident]]) });
  expect(chosenIncident.get()).toBe('i3');
});
it('a window that is detached neither tells nor takes; linked again it takes what the others look at', async () => {
  const { made, said, hears } = rig();
  made.link();
  chosenIncident.set('i1');
  await tick();
  hears({ t: 'choice', n: 5, choice: choice('i2') });
  expect([said, chosenIncident.get()]).toEqual([[], 'i1']);
  made.link();
  expect(said).toEqual([{ t: 'hello', show: 'all' }]);
  hears({ t: 'choice', n: 1, choice: choice('i2') });
  expect(chosenIncident.get()).toBe('i2');
});
it('who comes is told who is there and what is looked at', async () => {
  const { said, hears } = rig();
  hears({ t: 'hello', show: 'lists' });
  expect([said, others.get()]).toEqual([[{ t: 'here', show: 'all' }], 1]);
  chosenIncident.set('i1');
  await tick();
  hears({ t: 'hello', show: 'all' }, 'y');
  expect(said.slice(-2)).toEqual([
    { t: 'here', show: 'all' },
    { t: 'choice', n: 1, choice: choice('i1') },
  ]);
  hears({ t: 'bye' }, 'y');
  expect(others.get()).toBe(1);
});
it('with the lists elsewhere this window is the map; without them it has all again', () => {
  const { made, hears } = rig();
  made.divide();
  expect(show.get()).toBe('all');
  hears({ t: 'hello', show: 'lists' });
  expect(show.get()).toBe('map');
  hears({ t: 'bye' });
  expect(show.get()).toBe('all');
  hears({ t: 'hello', show: 'lists' }, 'again');
  expect(show.get()).toBe('map');
  made.divide();
  expect(show.get()).toBe('all');
});
it('a browser that opens no window says so, and the lists stay', () => {
  const { made, hears } = rig({ opens: false });
  made.divide();
  hears({ t: 'hello', show: 'lists' });
  expect([show.get(), notice.get()?.key]).toEqual(['all', 'windowBlocked']);
});
it('lists ask the map of another window to look somewhere; a map asks nobody', () => {
  const { said, hears } = rig();
  const there = { tag: 'see', to: { lon: 120.65, lat: 28 } } as const;
  move.set({ ...there });
  expect(said).toEqual([]);
  show.set('lists');
  move.set({ ...there });
  move.set({ tag: 'home' });
  expect(said).toEqual([{ t: 'move', move: there }]);
  show.set('map');
  hears({ t: 'move', move: { tag: 'fly', to: { lon: 1, lat: 2 } } });
  expect(move.get()).toEqual({ tag: 'fly', to: { lon: 1, lat: 2 } });
});
it('the address says what a window has', () => {
  const of = (query: string) => showOf(new URLSearchParams(query));
  expect([of('show=lists'), of('show=map'), of('show=x'), of('')]).toEqual(['lists', 'map', 'all', 'all']);
});
