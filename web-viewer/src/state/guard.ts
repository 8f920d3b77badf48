import { notice } from './console';

/** What has just appeared is not acted on: the press that called it up must not also answer it. */
export const GUARD_MS = 500;
/** Events that are remembered with the moment they came; the oldest goes first. */
const MOST_SEEN = 200;

/** Knows what a person can have read by now. */
export class Guard {
  readonly #now: () => number;
  #appeared_ms = Number.NEGATIVE_INFINITY;
  #moved_ms = Number.NEGATIVE_INFINITY;
  #seen: { seq: number; at_ms: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What a key or a click would act on is new on the screen. */
  appeared(): void {
    this.#appeared_ms = this.#now();
  }

  /** Rows changed places: a number stands for another unit now. */
  moved(): void {
    this.#moved_ms = this.#now();
  }

  /** False, and said, while what would be acted on is newer than a person can have read. */
  ready(what: 'thing' | 'row' = 'thing'): boolean {
    const since_ms = what === 'row' ? Math.max(this.#appeared_ms, this.#moved_ms) : this.#appeared_ms;
    if (this.#now() - since_ms >= GUARD_MS) return true;
    notice.set({ key: 'tooSoon' });
    return false;
  }

  /** An event is on the screen. */
  saw(seq: number): void {
    if (this.#seen.at(-1)?.seq !== seq) this.#seen.push({ seq, at_ms: this.#now() });
    if (this.#seen.length > MOST_SEEN) this.#seen.shift();
  }

  /** The last event that was on the screen long enough to be read. */
  seq(): number | undefined {
    const read = this.#seen.filter(({ at_ms }) => this.#now() - at_ms >= GUARD_MS);
    return read.at(-1)?.seq ?? this.#seen[0]?.seq;
  }
}
