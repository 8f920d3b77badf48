import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NO_DESK } from '../live/incidents';
import type { Answer } from '../wire/client';
import type { Command, Created, Incident, NewIncident, Operations, Progress } from '../wire/operations';
import { dialog, draft, jobs, level, notice, placing, ranked, shelved, togglePlacing, undo } from './console';
import { chosenIncident, desk } from './desk';
import { makeWork } from './work';

const incident = (more: object = {}) =>
  ({
    id: 'i1',
    seq: 7,
    version: 3,
    kind: 'traffic',
    priority: 2,
    phase: 'pending',
    owner: 'd1',
    location: { state: 'candidate', lon: 120.65, lat: 28.01 },
    assignments: [],
    timers: [],
    times: { reported: '2026-11-22T04:00:00Z' },
    ...more,
  }) as unknown as Incident;
const order = (unit: string, state = 'offered') => ({ id: `a-${unit}`, unit, state, times: {} });
const row = (unit: string, proposed_for: string | null = 'police') => ({
  unit,
  call_sign: unit.toUpperCase(),
  unit_epoch: 4,
  eta_range_s: [60, 90],
  proposed_for,
});
const units = (...rows: object[]) => ({ recommendation: 'r1', seq: 7, items: rows }) as never;
const ok = <T>(value: T): Answer<T> => ({ tag: 'ok', value });
const NO_NET: Answer<never> = { tag: 'failed', reason: 'network', status: 0 };
const no = (code: string, more: object = {}): Answer<never> => ({
  tag: 'refused',
  status: 409,
  code,
  detail: code,
  more: { ...more },
});

/** A desk with one chosen incident, two proposed units and one more; each answer is the next of a list. */
function rig() {
  const asked: {
    commands: Command[];
    progress: Progress[];
    created: { key: string; ask: NewIncident }[];
    levels: number[];
  } = {
    levels: [],
    commands: [],
    progress: [],
    created: [],
  };
  const answers: Answer<never>[] = [];
  const rows = [row('u1'), row('u2'), row('u3', null)];
  const next = () => answers.shift() ?? (ok(incident({ seq: 8 })) as Answer<never>);
  const api = {
    createIncident: async (key: string, ask: NewIncident) => {
      asked.created.push({ key, ask });
      return next();
    },
    command: async (_id: string, command: Command) => {
      asked.commands.push(command);
      return next();
    },
    progress: async (_id: string, progress: Progress) => {
      asked.progress.push(progress);
      return next();
    },
    units: async (_id: string, _k: number, at: number) => {
      asked.levels.push(at);
      return ok(units(...rows));
    },
    cameras: async () => ok({ items: [] } as never),
    timeline: async () => ok({ items: [] }),
    viewshed: async () => NO_NET,
    closures: async () => ok({ closures: [] }),
    roster: async () => ok({ units: [] }),
  } as unknown as Operations;
  let n = 0;
  const work = makeWork({
    api,
    now: () => Date.now(),
    say: (key) => key,
    id: () => {
      n += 1;
      return `c${n}`;
    },
  });
  return { work, asked, answers, rows };
}

/** Everything that was started has been answered; no time has passed. */
const settle = () => vi.advanceTimersByTimeAsync(0);

async function chosen() {
  const made = rig();
  desk.set({ ...NO_DESK, heard: true, seq: 7, incidents: new Map([['i1', incident()]]) });
  made.work.choose('i1');
  await vi.advanceTimersByTimeAsync(600);
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(Date.parse('2026-11-22T04:10:00Z'));
  desk.set(NO_DESK);
  chosenIncident.set(null);
  for (const one of [dialog, draft, notice, placing, ranked, shelved, undo]) one.set(null);
  jobs.set([]);
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

it('a number orders the unit beside it, on what was on the screen', async () => {
  const { work, asked } = await chosen();
  work.assignRow(2);
  expect(asked.commands).toEqual([
    {
      command_id: 'c1',
      type: 'assign',
      unit: 'u2',
      basis: { seq: 7, unit_epoch: 4, recommendation: 'r1' },
    },
  ]);
});

it('the whole plan goes in one command, and only who is proposed', async () => {
  const { work, asked } = await chosen();
  work.assignPlan();
  expect(asked.commands[0]).toMatchObject({ units: ['u1', 'u2'], plan_level: 1 });
});

it('a higher alarm level is asked for, told with the order, and over with the next incident', async () => {
  const { work, asked } = await chosen();
  work.raise(2);
  await vi.advanceTimersByTimeAsync(500);
  work.assignPlan();
  expect([asked.levels.at(-1), asked.commands[0]]).toMatchObject([2, { plan_level: 2 }]);
  work.choose(null);
  expect(level.get()).toBe(1);
});

it('a click says where the incident is that waits for a place, and begins a report otherwise', async () => {
  const { work, asked } = await chosen();
  placing.set({ incident: 'i1', role: 'scene' });
  work.click({ lon: 120.7, lat: 28 });
  expect([asked.commands, draft.get()]).toMatchObject([
    [{ type: 'relocate', location: { state: 'confirmed', lon: 120.7, lat: 28, method: 'map_click' } }],
    null,
  ]);
  work.click({ lon: 120.7, lat: 28 });
  expect([asked.commands.length, draft.get()?.at]).toEqual([1, { lon: 120.7, lat: 28 }]);
});

it('a click can also say where somebody was last seen; the scene stays', async () => {
  const { work, asked } = await chosen();
  togglePlacing('i1', 'last_seen');
  work.click({ lon: 120.7, lat: 28 });
  expect([asked.commands, placing.get()]).toMatchObject([[{ type: 'relocate', role: 'last_seen' }], null]);
  togglePlacing('i1', 'scene');
  togglePlacing('i1', 'last_seen');
  expect(placing.get()).toEqual({ incident: 'i1', role: 'last_seen' });
  togglePlacing('i1', 'last_seen');
  expect(placing.get()).toBeNull();
});

it('who has the order already is not ordered again', async () => {
  const { work, asked } = await chosen();
  desk.set({ ...desk.get(), incidents: new Map([['i1', incident({ assignments: [order('u1')] })]]) });
  work.assignRow(1);
  expect([asked.commands, notice.get()?.key]).toEqual([[], 'alreadySent']);
  work.assignPlan();
  expect(asked.commands[0]).toMatchObject({ unit: 'u2' });
});

it('nothing is sent within half a second after it appeared', async () => {
  const { work, asked } = rig();
  desk.set({ ...NO_DESK, heard: true, seq: 7, incidents: new Map([['i1', incident()]]) });
  work.choose('i1');
  await vi.advanceTimersByTimeAsync(499);
  work.assignRow(1);
  work.assignPlan();
  expect([asked.commands, notice.get()?.key]).toEqual([[], 'tooSoon']);
  await vi.advanceTimersByTimeAsync(1);
  work.assignRow(1);
  expect(asked.commands.length).toBe(1);
});

it('a clock that is set back does not hold anybody up', async () => {
  const { work, asked } = await chosen();
  vi.setSystemTime(Date.now() - 60_000);
  work.assignRow(1);
  expect(asked.commands.length).toBe(1);
});

it('the key that saved an incident sends nobody', async () => {
  const { work, asked, answers } = rig();
  work.begin({ lon: 120.65, lat: 28.01 });
  await vi.advanceTimersByTimeAsync(500);
  answers.push(ok({ ...incident(), units: units(row('u1')), cameras: { items: [] } } as Created) as never);
  work.save();
  await settle();
  expect([draft.get(), chosenIncident.get()]).toEqual([null, 'i1']);
  expect(ranked.get()?.units.tag).toBe('ok');
  work.assignRow(1);
  work.assignPlan();
  expect(asked.commands).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  work.assignRow(1);
  expect(asked.commands[0]).toMatchObject({ unit: 'u1' });
});

it('when rows change places numbers wait, and what names its unit does not', async () => {
  const { work, asked, rows } = await chosen();
  rows.splice(0, 3, { ...row('u3'), eta_range_s: [10, 20] }, row('u1'), row('u2'));
  work.lookAgain();
  await settle();
  work.assignRow(1);
  expect([asked.commands, notice.get()?.key]).toEqual([[], 'tooSoon']);
  work.assign(['u2']);
  expect(asked.commands).toMatchObject([{ unit: 'u2' }]);
  await vi.advanceTimersByTimeAsync(500);
  work.assignRow(1);
  expect(asked.commands[1]).toMatchObject({ unit: 'u3' });
});

it('without an answer the same command is asked again, under its own id', async () => {
  const { work, asked, answers } = await chosen();
  answers.push(NO_NET, NO_NET);
  work.assignRow(1);
  await settle();
  expect(jobs.get()[0]?.state).toBe('waiting');
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked.commands.map(({ command_id }) => command_id)).toEqual(['c1', 'c1', 'c1']);
  expect(jobs.get()).toEqual([]);
});

it('what waited for half a minute comes back as a draft and is not sent by itself', async () => {
  const { work, asked, answers } = await chosen();
  answers.push(...Array(20).fill(NO_NET));
  work.assignRow(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(jobs.get()[0]?.state).toBe('draft');
  const sent = asked.commands.length;
  answers.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.commands.length).toBe(sent);
  work.retry('c1');
  await settle();
  expect([asked.commands.at(-1)?.command_id, jobs.get().length]).toEqual(['c1', 0]);
});

it('a refusal stays with its words until somebody has read it', async () => {
  const { work, answers } = await chosen();
  answers.push({ tag: 'refused', status: 422, code: 'UNIT-OUT', detail: 'not on duty' });
  work.assignRow(1);
  await settle();
  expect(jobs.get()[0]).toMatchObject({ state: 'refused', detail: 'not on duty' });
  work.forget('c1');
  expect(jobs.get()).toEqual([]);
});

const TAKEN = [
  {
    unit: 'u1',
    code: 'UNIT-TAKEN',
    winner: { user: 'd2', incident: 'i9', since: null },
    alternatives: ['u3', 'u4'],
  },
];

it('a taken unit opens a dialog, and a number sends a substitute', async () => {
  const { work, asked, answers } = await chosen();
  answers.push(no('UNIT-TAKEN', { taken: TAKEN, assigned: [] }));
  work.assignRow(1);
  await settle();
  expect(dialog.get()).toMatchObject({ tag: 'taken', sent: 0, taken: TAKEN });
  work.substitute(2);
  expect(asked.commands.length, 'too soon').toBe(1);
  await vi.advanceTimersByTimeAsync(500);
  work.substitute(2);
  expect(asked.commands[1]).toMatchObject({ unit: 'u4', command_id: 'c2' });
  expect(dialog.get()).toBeNull();
});

it('of a plan, who is taken is told beside who went', async () => {
  const { work, answers } = await chosen();
  answers.push(ok({ ...incident({ assignments: [order('u2')] }), assigned: ['a'], taken: TAKEN }) as never);
  work.assignPlan();
  await settle();
  expect(dialog.get()).toMatchObject({ tag: 'taken', sent: 1 });
  expect(undo.get()?.what.values).toEqual({ units: 'u2' });
});

it('what changed meanwhile is shown, and sent all the same only when somebody says so', async () => {
  const { work, asked, answers } = await chosen();
  answers.push(no('STALE', { changed: [{ field: 'priority', old: 3, new: 1, by: 'lead' }] }));
  work.assignRow(1);
  await settle();
  desk.set({ ...desk.get(), seq: 12 });
  await vi.advanceTimersByTimeAsync(500);
  expect(asked.commands.length).toBe(1);
  work.agree();
  expect(asked.commands[1]).toMatchObject({ unit: 'u1', command_id: 'c2', basis: { seq: 12 } });
});

it('what must be confirmed is sent again with its token, as a command of its own', async () => {
  const { work, asked, answers } = await chosen();
  const confirm_token = `${Date.now() + 10_000}.abc`;
  answers.push(no('CONFIRM', { confirm_token, warnings: [{ unit: 'u1', code: 'LOST-LINK' }] }));
  work.assignRow(1);
  await vi.advanceTimersByTimeAsync(500);
  work.agree();
  expect(asked.commands[1]).toMatchObject({ confirm_token, command_id: 'c2' });
});

it('an order can be called back for a minute', async () => {
  const { work, asked, answers } = await chosen();
  answers.push(ok(incident({ seq: 8, assignments: [order('u1')] })) as never);
  work.assignRow(1);
  await settle();
  work.takeBack();
  expect(asked.progress).toMatchObject([{ type: 'recall' }]);
  work.takeBack();
  expect([asked.progress.length, notice.get()?.key]).toEqual([1, 'undoNothing']);
});

it('after a minute it cannot', async () => {
  const { work, asked, answers } = await chosen();
  answers.push(ok(incident({ seq: 8, assignments: [order('u1')] })) as never);
  work.assignRow(1);
  await vi.advanceTimersByTimeAsync(60_001);
  work.takeBack();
  expect(asked.progress).toEqual([]);
});

it('voice accepts the order that waits longest, and says that it was by voice', async () => {
  const { work, asked } = await chosen();
  const assignments = [order('u1', 'accepted'), order('u2', 'delivered'), order('u3')];
  desk.set({ ...desk.get(), incidents: new Map([['i1', incident({ assignments })]]) });
  work.voice();
  expect(asked.progress).toMatchObject([{ type: 'accept', src: 'voice' }]);
});

it('a draft that got no answer is asked again as it was, under the same key', async () => {
  const { work, asked, answers } = rig();
  work.begin({ lon: 120.65, lat: 28.01 });
  work.write({ text: 'fight' });
  await vi.advanceTimersByTimeAsync(500);
  answers.push(NO_NET, ok(incident()) as never);
  work.save();
  await settle();
  work.write({ text: 'something else' });
  expect(draft.get()).toMatchObject({ state: 'unknown', text: 'fight' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.created.map(({ key }) => key)).toEqual(['c1', 'c1']);
  expect(asked.created[1]?.ask).toMatchObject({ kind: 'unknown', priority: 2, text: 'fight', lon: 120.65 });
  expect(draft.get()).toBeNull();
});

it('what was written and put away comes back with the next draft', async () => {
  const { work } = rig();
  work.begin({ lon: 1, lat: 2 });
  work.write({ text: 'fight', priority: 1 });
  expect(work.back()).toBe(true);
  expect(draft.get()).toBeNull();
  work.begin({ lon: 3, lat: 4 });
  expect(draft.get()).toMatchObject({ text: 'fight', priority: 1, at: { lon: 3, lat: 4 } });
});

it('a report of the same event goes to the incident that is known', async () => {
  const { work, asked } = await chosen();
  work.begin({ lon: 120.65, lat: 28.01 });
  work.write({ text: 'second call', caller: '13800000000', kind: 'traffic' });
  desk.set({
    ...desk.get(),
    incidents: new Map([['i1', incident({ times: { reported: '2026-11-22T04:09:00Z' } })]]),
  });
  await vi.advanceTimersByTimeAsync(500);
  work.joinFirst();
  expect(asked.commands).toMatchObject([
    { type: 'add_caller', caller: { number: '13800000000' } },
    { type: 'note', text: 'second call' },
  ]);
  expect(asked.created).toEqual([]);
});

it('an incident that left the sight is no longer chosen', async () => {
  await chosen();
  desk.set({ ...desk.get(), incidents: new Map() });
  expect(chosenIncident.get()).toBeNull();
});
