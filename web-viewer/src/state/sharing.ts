/**
 * Sharing of the own position: what is true of it, in one word.
 *
 * Only between the beginning and the end of duty, only while somebody wants it, and only while the page is seen: a
 * browser gives no position to a page whose screen is off. Fixes wait in memory, bounded, while there is no network.
 */
import type { Answer } from '../wire/client';
import type { Fix, Posted, Reported } from '../wire/field';

export interface Facts {
  wanted: boolean;
  /** `on_duty`, `off_duty`, `out_of_service`; null while nobody knows. */
  duty: string | null;
  /** The browser gives positions to pages of a safe origin only. */
  safe: boolean;
  denied: boolean;
  /** The receiver said that it has no place. */
  lost: boolean;
  /** The last fix of the receiver. */
  fix: Fix | null;
  /** The fix that the server has, by its own time. */
  told_ms: number | null;
  /** What the server did not believe of it. */
  doubt: string | null;
  /** Fixes that wait. */
  waiting: number;
}

export const NO_FACTS: Facts = {
  wanted: false,
  duty: null,
  safe: true,
  denied: false,
  lost: false,
  fix: null,
  told_ms: null,
  doubt: null,
  waiting: 0,
};

export type Sharing =
  | 'unknown_duty'
  | 'off_duty'
  | 'unsafe'
  | 'off'
  | 'denied'
  | 'asking'
  | 'no_signal'
  | 'old'
  | 'not_told'
  | 'doubted'
  | 'on';

/** A position older than this is not where the unit is. */
export const OLD_MS = 60_000;

/** The one state that is true now; what stands in the way comes first. */
export function sharingOf(facts: Facts, now_ms: number): Sharing {
  if (facts.duty === null) return 'unknown_duty';
  if (facts.duty === 'off_duty') return 'off_duty';
  if (!facts.safe) return 'unsafe';
  if (!facts.wanted) return 'off';
  if (facts.denied) return 'denied';
  if (facts.fix === null) return facts.lost ? 'no_signal' : 'asking';
  if (now_ms - facts.fix.at_ms > OLD_MS) return facts.lost ? 'no_signal' : 'old';
  if (facts.told_ms === null || now_ms - facts.told_ms > OLD_MS) return 'not_told';
  return facts.doubt === null ? 'on' : 'doubted';
}

/** Whether the receiver is to run. */
export function runs(facts: Facts, seen: boolean): boolean {
  return seen && facts.wanted && facts.safe && facts.duty !== null && facts.duty !== 'off_duty';
}

/** So many fixes wait at most: at one in five seconds, 25 minutes; then every second of the older half goes. */
export const MOST_FIXES = 300;

/** The fixes with one more. A full list is thinned where it is oldest, so that the way stays and only detail is lost. */
export function withFix(list: readonly Reported[], fix: Reported): Reported[] {
  const all = [...list, fix];
  if (all.length <= MOST_FIXES) return all;
  const half = Math.floor(all.length / 2);
  return all.filter((_, at) => at >= half || at % 2 === 0);
}

const SEND_EVERY_MS = 5_000;
/** A receiver that says nothing for this long is asked: a phone that lies still tells no news. */
const ASK_AFTER_MS = 20_000;

/** The part of the browser that this needs, so that a test can stand in for it. */
export interface Receiver {
  watch(heard: (fix: Fix) => void, failed: (why: 'denied' | 'lost') => void): () => void;
  /** Asks once; answers go to whoever watches. */
  ask(): void;
}

export interface SharerOptions {
  receiver: Receiver;
  post: (fixes: readonly Reported[]) => Promise<Answer<Posted>>;
  now: () => number;
  /** A number for a fix that no other fix of this device ever has. */
  obs: () => string;
  changed: (facts: Facts) => void;
  /** The server says that the unit is off duty. */
  offDuty: () => void;
}

export class Sharer {
  readonly #options: SharerOptions;
  #facts: Facts = NO_FACTS;
  #seen = true;
  #list: Reported[] = [];
  #posting = false;
  #posted_ms = 0;
  #asked_ms = 0;
  #stop: (() => void) | null = null;

  constructor(options: SharerOptions) {
    this.#options = options;
  }

  facts(): Facts {
    return this.#facts;
  }

  say(facts: Partial<Pick<Facts, 'wanted' | 'duty' | 'safe'>>): void {
    const again = facts.wanted === true && this.#facts.denied;
    this.#set({ ...facts, ...(again ? { denied: false } : {}) });
    this.#run();
  }

  /** The page is seen or not. */
  seen(seen: boolean): void {
    this.#seen = seen;
    this.#run();
  }

  /** Once a second: sends what waits, asks a receiver that says nothing. */
  tick(): void {
    const now = this.#options.now();
    const heard_ms = Math.max(this.#facts.fix?.at_ms ?? 0, this.#asked_ms);
    if (this.#stop !== null && now - heard_ms > ASK_AFTER_MS) {
      this.#asked_ms = now;
      this.#options.receiver.ask();
    }
    if (now - this.#posted_ms >= SEND_EVERY_MS) void this.send();
  }

  /** Sends what waits, now. */
  async send(): Promise<void> {
    if (this.#posting || this.#list.length === 0) return;
    this.#posting = true;
    this.#posted_ms = this.#options.now();
    const sent = this.#list;
    const answer = await this.#options.post(sent);
    this.#posting = false;
    if (answer.tag === 'failed') return;
    // Refused as a whole: no right, no login. It is not asked again with the same.
    const mine = new Set(sent.map(({ obs }) => obs));
    this.#list = this.#list.filter(({ obs }) => !mine.has(obs));
    const last = sent.length - 1;
    const told = sent[last];
    if (answer.tag === 'refused' || told === undefined) return this.#set({ waiting: this.#list.length });
    const of = (rows: readonly { index: number; code: string }[]) =>
      rows.find(({ index }) => index === last)?.code;
    const rejected = of(answer.value.rejected);
    if (rejected === 'OFF-DUTY') this.#options.offDuty();
    this.#set({
      waiting: this.#list.length,
      told_ms: rejected === undefined ? told.at_ms : this.#facts.told_ms,
      doubt: rejected ?? of(answer.value.quarantined) ?? null,
    });
  }

  #run(): void {
    const should = runs(this.#facts, this.#seen);
    if (should === (this.#stop !== null)) return;
    if (!should) {
      this.#stop?.();
      this.#stop = null;
      // Where somebody was is kept no longer than it is shared; a hidden page goes on with the same duty.
      if (!this.#facts.wanted || this.#facts.duty === 'off_duty') {
        this.#list = [];
        this.#set({ fix: null, told_ms: null, doubt: null, lost: false, waiting: 0 });
      }
      return;
    }
    this.#stop = this.#options.receiver.watch(
      (fix) => this.#heard(fix),
      (why) => this.#set(why === 'denied' ? { denied: true } : { lost: true }),
    );
  }

  #heard(fix: Fix): void {
    if (this.#stop === null || fix.at_ms <= (this.#facts.fix?.at_ms ?? 0)) return;
    this.#list = withFix(this.#list, { ...fix, obs: this.#options.obs() });
    this.#set({ fix, lost: false, denied: false, waiting: this.#list.length });
    if (this.#options.now() - this.#posted_ms >= SEND_EVERY_MS) void this.send();
  }

  #set(change: Partial<Facts>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#options.changed(this.#facts);
  }
}
