/**
 * Windows of one login in one browser that look at the same incident: the map on one screen, the lists on another.
 *
 * They talk past the server, over a channel of the browser that only pages of this origin hear. What they share is what is
 * looked at (incident, camera, ring of review, a place that waits for its click); orders go to the server and come back to
 * each of them by its own socket. The latest choice counts; two in the same moment are told apart by the windows' ids, so
 * that all come to the same one.
 */
import type { WentBy } from '../wire/review';
import { cell } from './cell';
import { chosenCamera, notice, type Placing, placing } from './console';
import { chosenIncident, desk } from './desk';
import { ring } from './ring';
import { type Move, move } from './selection';

/** What a window has of the console: all of it, the map with the head of the incident, or the lists without a map. */
export type Show = 'all' | 'map' | 'lists';
export const show = cell<Show>('all');

export function showOf(query: URLSearchParams): Show {
  const asked = query.get('show');
  return asked === 'map' || asked === 'lists' ? asked : 'all';
}

/** Whether this window follows the others, and they it. */
export const following = cell(true);
/** How many other windows of this login there are. */
export const others = cell(0);

/** What is looked at. */
export interface Choice {
  incident: string | null;
  camera: number | null;
  ring: { minutes: number; by: WentBy } | null;
  placing: Placing['role'] | null;
}

type Told =
  | { t: 'hello' | 'here'; show: Show }
  | { t: 'bye' }
  | { t: 'choice'; n: number; choice: Choice }
  | { t: 'move'; move: Move };
export interface Word {
  from: string;
  user: string;
  told: Told;
}

/** What of a `BroadcastChannel` is used. */
export interface Channel {
  postMessage(word: Word): void;
  onmessage: ((event: { data: Word }) => void) | null;
}

export interface WindowsSetup {
  channel: Channel;
  /** This window, a name that no other has. */
  me: string;
  /** Empty while nobody is logged in: then nothing is said and nothing heard. */
  user: () => string;
  choose: (incident: string | null) => void;
  askRing: (incident: string, minutes: number, by: WentBy) => void;
  /** Opens the window of the lists; false when the browser does not let it. */
  open: () => boolean;
}

export type Windows = ReturnType<typeof makeWindows>;

export function makeWindows({ channel, me, user, choose, askRing, open }: WindowsSetup) {
  /** Counts choices over all windows: what is older than what one has is not taken. */
  let n = 0;
  /** Who made the choice that stands. */
  let by = '';
  let last = JSON.stringify(current());
  let soon = false;
  /** An incident that others look at and that this window's socket has not told of yet. */
  let waiting: Choice | null = null;
  /** Somebody has put the lists into a window of their own. */
  let split = false;
  const peers = new Map<string, Show>();

  function say(told: Told): void {
    if (user() !== '') channel.postMessage({ from: me, user: user(), told });
  }

  function current(): Choice {
    const incident = chosenIncident.get();
    const open = ring.get();
    const place = placing.get();
    return {
      incident,
      camera: chosenCamera.get(),
      ring: open === null ? null : { minutes: open.minutes, by: open.by },
      placing: place !== null && place.incident === incident ? place.role : null,
    };
  }

  /** A choice changes several things in turn: they are told together. */
  function changed(): void {
    if (soon) return;
    soon = true;
    queueMicrotask(() => {
      soon = false;
      const now = current();
      if (JSON.stringify(now) === last) return;
      last = JSON.stringify(now);
      waiting = null;
      n += 1;
      by = me;
      if (following.get()) say({ t: 'choice', n, choice: now });
    });
  }

  function take(choice: Choice): void {
    const { incident } = choice;
    waiting = incident !== null && !desk.get().incidents.has(incident) ? choice : null;
    if (waiting !== null) return;
    choose(incident);
    const had = ring.get();
    if (choice.ring === null) ring.set(null);
    else if (incident !== null && (had?.minutes !== choice.ring.minutes || had.by !== choice.ring.by))
      askRing(incident, choice.ring.minutes, choice.ring.by);
    chosenCamera.set(choice.camera);
    placing.set(choice.placing === null || incident === null ? null : { incident, role: choice.placing });
    last = JSON.stringify(current());
  }

  function hear({ from, user: whose, told }: Word): void {
    if (from === me || whose !== user() || whose === '') return;
    switch (told.t) {
      case 'hello':
      case 'here':
        peers.set(from, told.show);
        arranged();
        if (told.t === 'here') return;
        say({ t: 'here', show: show.get() });
        if (following.get() && n > 0) say({ t: 'choice', n, choice: current() });
        return;
      case 'bye':
        peers.delete(from);
        arranged();
        return;
      case 'choice':
        if (!following.get() || told.n < n || (told.n === n && from <= by)) return;
        n = told.n;
        by = from;
        take(told.choice);
        return;
      case 'move':
        if (following.get() && show.get() !== 'lists') move.set(told.move);
    }
  }

  /** With the lists in a window of their own this one is the map; without them it has all again. */
  function arranged(): void {
    others.set(peers.size);
    if (show.get() === 'lists') return;
    show.set(split && [...peers.values()].includes('lists') ? 'map' : 'all');
  }

  channel.onmessage = ({ data }) => hear(data);
  for (const one of [chosenIncident, chosenCamera, ring, placing]) one.subscribe(changed);
  desk.subscribe(() => waiting !== null && following.get() && take(waiting));
  // Without a map of its own a window of lists asks the others' maps to look there.
  move.subscribe((wish) => {
    if (wish === null || show.get() !== 'lists' || !following.get()) return;
    if (wish.tag === 'fly' || wish.tag === 'see') say({ t: 'move', move: wish });
  });

  return {
    /** Somebody is logged in: who else is there, and what do they look at? */
    hello(): void {
      split ||= show.get() === 'map';
      say({ t: 'hello', show: show.get() });
    },
    bye: () => say({ t: 'bye' }),
    /** Puts the lists into a window of their own, or takes them back into this one. */
    divide(): void {
      if (show.get() === 'lists') notice.set({ key: 'windowIsLists' });
      else if (split && show.get() === 'map') {
        split = false;
        arranged();
      } else if (open()) {
        split = true;
        arranged();
      } else notice.set({ key: 'windowBlocked' });
    },
    /** Follows the others, or no longer; who follows again takes what they look at. */
    link(): void {
      following.set(!following.get());
      waiting = null;
      if (!following.get()) return;
      n = 0;
      by = '';
      say({ t: 'hello', show: show.get() });
    },
  };
}
