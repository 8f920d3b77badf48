/**
 * What was pressed and is not yet at the server.
 *
 * Entries are sent one after the other in the order in which they were made, calls for help on a lane of their own, each
 * under the id that it got when somebody pressed, so that sending twice does no harm. What gets no answer stays first
 * and is asked again; what is refused stays until a person has read it. Nothing is ever dropped without a word: a full
 * box takes nothing more and says so.
 */
import type { Answer } from '../wire/client';
import type { Sending } from '../wire/field';
import type { Incident } from '../wire/operations';

/** What an entry is, for words and for what the page shows meanwhile. */
export type Errand =
  | 'deliver'
  | 'accept'
  | 'depart'
  | 'arrive'
  | 'clear'
  | 'decline'
  | 'feedback'
  | 'note'
  | 'distress';

export interface Entry extends Sending {
  /** Counts up; the order in which they were made. */
  n: number;
  errand: Errand;
  /** The login that pressed: nothing is said under somebody else's name. */
  user: string;
  /** The order, incident or unit that it is about. */
  about: string;
  /** The incident, for words. */
  incident: string | null;
  /** When it was pressed, by this device's clock. */
  made_ms: number;
  /** The server's no, or its yes with a label that somebody must read; null while it has not answered. */
  refused: { code: string; detail: string; at_ms: number } | null;
}

/** So many entries at most, refused ones included; a shift has some forty. */
export const MOST = 200;
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** A call for help is asked again this often, however long there was no answer. */
const HELP_RETRY_MS = 2_000;

export function isFull(all: readonly Entry[]): boolean {
  return all.length >= MOST;
}

/** In the order in which they go: calls for help first, then as they were made. */
export function inOrder(all: readonly Entry[]): Entry[] {
  const late = ({ errand }: Entry) => (errand === 'distress' ? 0 : 1);
  return [...all].sort((a, b) => late(a) - late(b) || a.n - b.n);
}

/** A call for help does not wait behind a step that hangs in a bad network. */
export type Lane = 'help' | 'steps';

/** What goes next for that login. */
export function nextOf(all: readonly Entry[], user: string, lane: Lane): Entry | null {
  const fits = ({ errand }: Entry) => (errand === 'distress') === (lane === 'help');
  return inOrder(all).find((one) => one.refused === null && one.user === user && fits(one)) ?? null;
}

export function waiting(all: readonly Entry[], user: string): Entry[] {
  return inOrder(all).filter((one) => one.refused === null && one.user === user);
}

export function refused(all: readonly Entry[], user: string): Entry[] {
  return all.filter((one) => one.refused !== null && one.user === user);
}

/** Steps of one order that were pressed and are not at the server yet. */
export function pressed(all: readonly Entry[], about: string): string[] {
  return inOrder(all)
    .filter((one) => one.about === about && one.refused === null)
    .map(({ errand }) => errand);
}

export type Verdict = 'done' | 'refused' | 'again' | 'login';

/** What an answer means for what was sent. A busy or broken server is no answer, and a login that ended is no refusal. */
export function verdict(answer: Answer<unknown>): Verdict {
  if (answer.tag === 'ok') return 'done';
  if (answer.tag === 'failed') return 'again';
  if (answer.status === 401) return 'login';
  return [408, 425, 429].includes(answer.status) ? 'again' : 'refused';
}

export function pause_ms(tries: number, errand: Errand): number {
  if (errand === 'distress') return HELP_RETRY_MS;
  return RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 30_000;
}

/** Where entries are kept: they outlive the page, where the browser lets them. */
export interface Shelf {
  entries(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  drop(id: string): Promise<void>;
}

export interface OutboxOptions {
  shelf: Shelf;
  send: (what: Sending) => Promise<Answer<Incident & { label?: string }>>;
  /** The login that is in; null: nobody, and nothing is sent. */
  user: () => string | null;
  now: () => number;
  changed: (all: readonly Entry[]) => void;
  done: (entry: Entry, answer: Incident & { label?: string }) => void;
}

export type New = Omit<Entry, 'n' | 'refused' | 'made_ms' | 'user'>;

/** One entry of a lane is on its way at a time. */
interface Way {
  sending: boolean;
  again: boolean;
  tries: number;
  timer?: ReturnType<typeof setTimeout>;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #ways: Readonly<Record<Lane, Way>> = {
    help: { sending: false, again: false, tries: 0 },
    steps: { sending: false, again: false, tries: 0 },
  };
  #all: Entry[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier page left. */
  async open(): Promise<void> {
    const kept = await this.#options.shelf.entries();
    const known = new Set(this.#all.map(({ id }) => id));
    this.#tell([...kept.filter(({ id }) => !known.has(id)), ...this.#all]);
    this.wake();
  }

  all(): readonly Entry[] {
    return this.#all;
  }

  /** Takes an entry: kept first, then sent. False when the box is full; a call for help always finds room. */
  async put(given: New): Promise<boolean> {
    const user = this.#options.user();
    if (user === null) return false;
    if (isFull(this.#all) && given.errand !== 'distress') return false;
    const n = this.#all.reduce((most, one) => Math.max(most, one.n), 0) + 1;
    const entry: Entry = { ...given, n, user, made_ms: this.#options.now(), refused: null };
    this.#tell([...this.#all, entry]);
    // A shelf that cannot keep it is no reason not to send it.
    await this.#options.shelf.put(entry).catch(() => undefined);
    this.wake();
    return true;
  }

  /** Tries now: the network or the login came back. */
  wake(): void {
    for (const lane of ['help', 'steps'] as const) {
      this.#ways[lane].tries = 0;
      this.#ways[lane].again = true;
      void this.#go(lane);
    }
  }

  /** A person has read a refusal. What waits is not put away by anybody. */
  async read(id: string): Promise<void> {
    const found = this.#all.find((one) => one.id === id);
    if (found === undefined || found.refused === null) return;
    await this.#forget(id);
  }

  /** What this login left, sent or not: it leaves with the login, after the person was told. */
  async wipe(user: string): Promise<void> {
    for (const one of this.#all.filter((entry) => entry.user === user)) await this.#forget(one.id);
  }

  async #go(lane: Lane): Promise<void> {
    const way = this.#ways[lane];
    if (way.sending) return;
    way.sending = true;
    clearTimeout(way.timer);
    try {
      while (true) {
        way.again = false;
        const user = this.#options.user();
        const entry = user === null ? null : nextOf(this.#all, user, lane);
        if (entry === null) return;
        const { id, path, body } = entry;
        const answer = await this.#options.send({ id, path, body });
        switch (verdict(answer)) {
          case 'done':
            way.tries = 0;
            if (answer.tag !== 'ok') break;
            this.#options.done(entry, answer.value);
            // Taken, and yet not as it was meant: that too stays until somebody has read it.
            if (answer.value.label === undefined) await this.#forget(id);
            else await this.#refuse(entry, answer.value.label, '');
            break;
          case 'refused':
            way.tries = 0;
            if (answer.tag === 'refused') await this.#refuse(entry, answer.code, answer.detail);
            break;
          case 'login':
            return;
          case 'again': {
            // Woken while it was on its way: at once, since what failed may be of before.
            const wait = way.again ? 0 : pause_ms(way.tries, entry.errand);
            way.tries += 1;
            way.timer = setTimeout(() => void this.#go(lane), wait);
            return;
          }
        }
      }
    } finally {
      way.sending = false;
    }
  }

  async #refuse(entry: Entry, code: string, detail: string): Promise<void> {
    const after: Entry = { ...entry, refused: { code, detail, at_ms: this.#options.now() } };
    this.#tell(this.#all.map((one) => (one.id === entry.id ? after : one)));
    await this.#options.shelf.put(after).catch(() => undefined);
  }

  async #forget(id: string): Promise<void> {
    this.#tell(this.#all.filter((one) => one.id !== id));
    await this.#options.shelf.drop(id).catch(() => undefined);
  }

  #tell(all: Entry[]): void {
    this.#all = all;
    this.#options.changed(all);
  }
}
