import type { Answer } from '../wire/client';
import { type Job, jobs, type Said } from './console';

/** A command that waited longer than this is asked for again before it is sent: the world has gone on. */
export const FRESH_MS = 30_000;
const RETRY_MS = [1000, 2000, 4000, 8000];
const MOST = 20;

type Refused = Extract<Answer<unknown>, { tag: 'refused' }>;

interface Errand<T> {
  id: string;
  incident: string;
  what: Said;
  /** Asks with the same id each time, so that asking again is safe. */
  ask: () => Promise<Answer<T>>;
  done: (value: T) => void;
  /** True when the refusal is answered elsewhere and the job is over. */
  refused: (answer: Refused) => boolean;
}

/** How long to wait before the next try. */
export function pause_ms(tries: number): number {
  return RETRY_MS[tries] ?? 8000;
}

/**
 * Carries commands to the server. What gets no answer is asked again under the same id for 30 s; after that it comes
 * back as a draft, which a person sends or gives up. What is refused stays until somebody has read it.
 */
export class Jobs {
  readonly #now: () => number;
  readonly #again = new Map<string, () => void>();

  constructor(now: () => number) {
    this.#now = now;
  }

  carry<T>(errand: Errand<T>): void {
    const { id, incident, what } = errand;
    const all = jobs.get();
    // Room is made by refusals, the oldest first; what is on its way is never dropped.
    const oldest = all.length < MOST ? undefined : all.find(({ state }) => state === 'refused');
    const job: Job = { id, incident, what, made_ms: this.#now(), state: 'sending', detail: '' };
    jobs.set([...all.filter((one) => one !== oldest), job]);
    this.#again.set(id, () => void this.#go(errand, this.#now(), 0));
    void this.#go(errand, job.made_ms, 0);
  }

  /** Sends again what came back as a draft. */
  retry(id: string): void {
    this.#again.get(id)?.();
  }

  forget(id: string): void {
    this.#again.delete(id);
    jobs.set(jobs.get().filter((one) => one.id !== id));
  }

  async #go<T>(errand: Errand<T>, begun_ms: number, tries: number): Promise<void> {
    const { id } = errand;
    this.#put(id, { state: 'sending', detail: '' });
    const answer = await errand.ask();
    if (!this.#knows(id)) return;
    switch (answer.tag) {
      case 'ok':
        this.forget(id);
        errand.done(answer.value);
        return;
      case 'refused':
        // A login that ended is no answer to the command.
        if (answer.status === 401) this.#put(id, { state: 'draft' });
        else if (errand.refused(answer)) this.forget(id);
        else this.#put(id, { state: 'refused', detail: answer.detail || answer.code });
        return;
      case 'failed':
        if (this.#now() - begun_ms >= FRESH_MS) this.#put(id, { state: 'draft' });
        else {
          this.#put(id, { state: 'waiting' });
          setTimeout(() => this.#knows(id) && void this.#go(errand, begun_ms, tries + 1), pause_ms(tries));
        }
    }
  }

  #knows(id: string): boolean {
    return jobs.get().some((one) => one.id === id);
  }

  #put(id: string, change: Partial<Job>): void {
    jobs.set(jobs.get().map((one) => (one.id === id ? { ...one, ...change } : one)));
  }
}
