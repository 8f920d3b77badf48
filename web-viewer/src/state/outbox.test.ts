import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from '../wire/client';
import type { Sending } from '../wire/field';
import type { Incident } from '../wire/operations';
import { type Entry, type Errand, MOST, nextOf, Outbox, pressed, refused, verdict, waiting } from './outbox';
import { memoryShelf } from './shelf';

type Answered = Answer<Incident & { label?: string }>;
const OK: Answered = { tag: 'ok', value: {} as Incident };
const LATE: Answered = { tag: 'ok', value: { label: 'AFTER-END' } as Incident & { label: string } };
const DEAD: Answered = { tag: 'failed', reason: 'network', status: 0 };
const no = (status: number, code: string): Answered => ({
  tag: 'refused',
  status,
  code,
  detail: `no ${code}`,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A phone whose network and login are ours to switch; `answers` are given in turn, the last one for ever. */
function phone(answers: Answered[], shelf = memoryShelf()) {
  const sent: Sending[] = [];
  const seen: { all: readonly Entry[]; user: string | null } = { all: [], user: 'ann' };
  const box = new Outbox({
    shelf,
    send: async (what) => {
      sent.push(what);
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? DEAD;
    },
    user: () => seen.user,
    now: () => Date.now(),
    changed: (all) => {
      seen.all = all;
    },
    done: () => undefined,
  });
  const press = (errand: Errand, about = 'a1') =>
    box.put({
      id: `${errand}-${about}`,
      path: `/${about}`,
      body: { type: errand },
      errand,
      about,
      incident: 'i1',
    });
  return { box, press, sent, seen, shelf, ids: () => sent.map(({ id }) => id) };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

it('sends in the order in which it was pressed, one after the other', async () => {
  const { press, ids, seen } = phone([OK]);
  await press('accept');
  await press('depart');
  await settle();
  expect(ids()).toEqual(['accept-a1', 'depart-a1']);
  expect(seen.all).toEqual([]);
});

it('without an answer everything waits, and the first is asked again under its own id and body', async () => {
  const { press, sent, seen } = phone([DEAD, DEAD, OK]);
  await press('accept');
  await press('depart');
  await settle();
  expect(waiting(seen.all, 'ann').map(({ errand }) => errand)).toEqual(['accept', 'depart']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent.map(({ id }) => id)).toEqual(['accept-a1', 'accept-a1', 'accept-a1', 'depart-a1']);
  expect(new Set(sent.slice(0, 3).map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(seen.all).toEqual([]);
});

it('a network that comes back is used at once', async () => {
  const answers: Answered[] = [DEAD];
  const { box, press, ids } = phone(answers);
  await press('accept');
  await vi.advanceTimersByTimeAsync(100_000);
  const before = ids().length;
  answers[0] = OK;
  box.wake();
  await settle();
  expect(ids().length).toBe(before + 1);
});

it('a refusal stays until it is read, and what comes after it goes on', async () => {
  const { box, press, seen, ids } = phone([no(409, 'ASG-TERM'), OK]);
  await press('decline');
  await press('feedback', 'i1');
  await settle();
  expect(ids()).toEqual(['decline-a1', 'feedback-i1']);
  expect(refused(seen.all, 'ann').map((one) => one.refused?.detail)).toEqual(['no ASG-TERM']);
  await box.read('decline-a1');
  expect(seen.all).toEqual([]);
});

it('what was taken too late to count is told as well', async () => {
  const { press, seen } = phone([LATE]);
  await press('arrive');
  await settle();
  expect(seen.all.map((one) => one.refused?.code)).toEqual(['AFTER-END']);
});

it('what waits is not put away by reading it', async () => {
  const { box, press, seen } = phone([DEAD]);
  await press('accept');
  await settle();
  await box.read('accept-a1');
  expect(seen.all.length).toBe(1);
});

it('outlives the page, with its order and its moment', async () => {
  const first = phone([DEAD]);
  await first.press('accept');
  await first.press('depart');
  await settle();
  const answers: Answered[] = [DEAD];
  const second = phone(answers, first.shelf);
  const made = first.seen.all.map(({ made_ms }) => made_ms);
  await second.box.open();
  expect(second.seen.all.map(({ made_ms }) => made_ms)).toEqual(made);
  answers[0] = OK;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(second.ids()).toEqual(['accept-a1', 'accept-a1', 'depart-a1']);
  expect(await second.shelf.entries()).toEqual([]);
});

it('a call for help does not wait behind a step that hangs, and is asked again every two seconds', async () => {
  const sent: string[] = [];
  const box = new Outbox({
    shelf: memoryShelf(),
    send: ({ id }) => {
      sent.push(id);
      return id === 'step' ? new Promise(() => undefined) : Promise.resolve(DEAD);
    },
    user: () => 'ann',
    now: () => Date.now(),
    changed: () => undefined,
    done: () => undefined,
  });
  await box.put({ id: 'step', path: '/a', body: {}, errand: 'accept', about: 'a', incident: 'i' });
  await settle();
  await box.put({ id: 'help', path: '/u', body: null, errand: 'distress', about: 'u', incident: null });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent.filter((id) => id === 'step').length).toBe(1);
  expect(sent.filter((id) => id === 'help').length).toBeGreaterThanOrEqual(29);
});

it('a full box takes nothing more and says so; a call for help finds room', async () => {
  const { press, seen } = phone([DEAD]);
  for (let n = 0; n < MOST; n += 1) expect(await press('note', `i${n}`)).toBe(true);
  expect(await press('accept')).toBe(false);
  expect(seen.all.length).toBe(MOST);
  expect(await press('distress', 'u1')).toBe(true);
});

it('a login that ended keeps everything; the next login sends nothing of another one', async () => {
  const answers: Answered[] = [no(401, 'AUTH')];
  const { box, press, seen, ids } = phone(answers);
  await press('accept');
  await settle();
  expect(waiting(seen.all, 'ann').length).toBe(1);
  answers[0] = OK;
  seen.user = 'bob';
  box.wake();
  await settle();
  expect(ids().length).toBe(1);
  seen.user = 'ann';
  box.wake();
  await settle();
  expect(seen.all).toEqual([]);
});

it('nobody is in, nothing is taken', async () => {
  const { press, seen } = phone([OK]);
  seen.user = null;
  expect(await press('accept')).toBe(false);
});

it('a shelf that fails does not keep a step from being sent', async () => {
  const shelf = { ...memoryShelf(), put: () => Promise.reject(new Error('no room')) };
  const { press, ids } = phone([OK], shelf);
  await press('accept');
  await settle();
  expect(ids()).toEqual(['accept-a1']);
});

it('answers that are none', () => {
  expect(verdict(no(429, 'X'))).toBe('again');
  expect(verdict(no(408, 'X'))).toBe('again');
  expect(verdict({ tag: 'failed', reason: 'server', status: 503 })).toBe('again');
  expect(verdict(no(401, 'X'))).toBe('login');
  expect(verdict(no(409, 'X'))).toBe('refused');
});

it('knows which steps of an order wait', async () => {
  const { press, seen } = phone([DEAD]);
  await press('depart');
  await press('arrive');
  await press('arrive', 'a2');
  expect(pressed(seen.all, 'a1')).toEqual(['depart', 'arrive']);
  expect(nextOf(seen.all, 'bob', 'steps')).toBeNull();
  expect(nextOf(seen.all, 'ann', 'help')).toBeNull();
  expect(nextOf(seen.all, 'ann', 'steps')?.errand).toBe('depart');
});
