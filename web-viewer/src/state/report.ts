import { withAnswer } from '../live/incidents';
import type { Created, NewIncident, Operations } from '../wire/operations';
import { type Draft, draft, notice, shelved } from './console';
import { alike, desk } from './desk';
import type { Guard } from './guard';
import { FRESH_MS, pause_ms } from './jobs';
import type { Point } from './selection';

export interface ReportSetup {
  api: Operations;
  /** The server's clock, milliseconds. */
  now: () => number;
  /** A clock that never steps, milliseconds. */
  steady: () => number;
  id: () => string;
  guard: Guard;
  /** It was saved: with those who could go and what could see it. */
  created: (incident: Created) => void;
  /** The report belongs to an incident that is known already. */
  joined: (incident: string, words: string, caller: string) => void;
}

const locked = (open: Draft) => open.state === 'saving' || open.state === 'unknown';

/** Writes and saves a new incident. */
export function makeReport({ api, now, steady, id, guard, created, joined }: ReportSetup) {
  function begin(at: Point | null): void {
    const open = draft.get();
    if (open !== null && locked(open)) return;
    // A second click moves the place of what is being written; the words stay.
    if (open !== null) {
      write({ at });
      return;
    }
    const blank = { kind: 'unknown', priority: 2, source: 'manual', text: '', caller: '' };
    draft.set({ ...blank, ...shelved.get(), key: id(), at, state: 'open', detail: '' });
    shelved.set(null);
    guard.appeared();
  }

  function write(change: Partial<Draft>): void {
    const open = draft.get();
    if (open === null || locked(open)) return;
    // What is said otherwise is another incident to the server.
    draft.set({ ...open, ...change, key: open.state === 'refused' ? id() : open.key, state: 'open' });
  }

  function save(): void {
    const open = draft.get();
    if (open === null || locked(open) || !guard.ready()) return;
    void ask(open, steady(), 0);
  }

  async function ask(open: Draft, begun_ms: number, tries: number): Promise<void> {
    draft.set({ ...open, state: 'saving', detail: '' });
    const answer = await api.createIncident(open.key, asked(open));
    if (draft.get()?.key !== open.key) return;
    switch (answer.tag) {
      case 'ok':
        draft.set(null);
        desk.set(withAnswer(desk.get(), answer.value));
        created(answer.value);
        return;
      case 'refused':
        draft.set({
          ...open,
          state: answer.status === 401 ? 'open' : 'refused',
          detail: answer.detail || answer.code,
        });
        return;
      case 'failed':
        draft.set({ ...open, state: 'unknown', detail: '' });
        if (steady() - begun_ms < FRESH_MS)
          setTimeout(() => {
            const still = draft.get();
            if (still?.key === open.key && still.state === 'unknown') void ask(open, begun_ms, tries + 1);
          }, pause_ms(tries));
    }
  }

  /** Asks again, with the same key and the same words: what was saved already is not saved twice. */
  function saveAgain(): void {
    const open = draft.get();
    if (open?.state === 'unknown') void ask(open, steady(), 0);
  }

  function join(into: string): void {
    const open = draft.get();
    if (open === null || locked(open) || !guard.ready()) return;
    draft.set(null);
    joined(into, open.text.trim(), open.caller.trim());
  }

  /** Into the nearest that may be the same event. */
  function joinFirst(): void {
    const open = draft.get();
    const first = open?.at && alike(desk.get(), open.at, open.kind, now())[0];
    if (first) join(first.incident.id);
  }

  /** Puts it away; what was written comes back with the next one. */
  function shelve(): void {
    const open = draft.get();
    if (open === null || locked(open)) return;
    draft.set(null);
    if (open.text.trim() === '' && open.caller.trim() === '') return;
    const { kind, priority, source, text, caller } = open;
    shelved.set({ kind, priority, source, text, caller });
    notice.set({ key: 'draftKept' });
  }

  return { begin, write, save, saveAgain, join, joinFirst, shelve };
}

function asked(open: Draft): NewIncident {
  return {
    kind: open.kind,
    priority: open.priority,
    source: open.source,
    text: open.text.trim(),
    ...(open.at === null ? {} : { lon: open.at.lon, lat: open.at.lat }),
    ...(open.caller.trim() === '' ? {} : { callers: [{ number: open.caller.trim() }] }),
  };
}
