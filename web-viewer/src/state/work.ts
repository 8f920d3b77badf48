/** What a dispatcher does: orders, and what follows from a refusal. Plain functions over the cells of `console.ts`. */
import { withAnswer } from '../live/incidents';
import type { Answer } from '../wire/client';
import type { LiveMessage } from '../wire/live';
import type {
  Assignment,
  Basis,
  Changed,
  Commanded,
  Incident,
  Operations,
  Progress,
  Taken,
  Warned,
} from '../wire/operations';
import { boardOpen } from './board';
import {
  barOpen,
  chosenCamera,
  type Dialog,
  dialog,
  draft,
  form,
  helpOpen,
  level,
  notice,
  type Placing,
  placing,
  ranked,
  roster,
  type Said,
  undo,
  why,
} from './console';
import { chosenIncident, desk, queueOf } from './desk';
import { Guard } from './guard';
import { Jobs } from './jobs';
import { makeLook } from './look-up';
import { makeReport } from './report';
import { makeResources } from './resources';
import { makeRing } from './ring';
import type { Point } from './selection';
import { makeZones } from './zones';

/** How long an order or a new incident can be taken back by one key. */
export const UNDO_MS = 60_000;

/** States in which an order still binds its unit. */
export const OPEN: ReadonlySet<string> = new Set([
  'planned',
  'offered',
  'delivered',
  'accepted',
  'en_route',
  'arrived',
]);

/** How many orders of an incident still bind somebody. */
export function sentOf(incident: Incident): number {
  return incident.assignments.filter(({ state }) => OPEN.has(state)).length;
}

export function hasOrder(unit: string, incident: Incident): boolean {
  return incident.assignments.some((one) => one.unit === unit && OPEN.has(one.state));
}

/** The order that waits longest for somebody to take it. */
export function unanswered({ assignments }: Incident): Assignment | undefined {
  return assignments.find(({ state }) => state === 'offered' || state === 'delivered');
}

export interface WorkSetup {
  api: Operations;
  /** The server's clock, as far as it is known: milliseconds. */
  now: () => number;
  /** A new id that nobody else has. */
  id: () => string;
  /** Words that are kept, in the language of who writes them. */
  say: (key: 'reportedAgain' | 'reasonWithdrawn') => string;
}

export type Work = ReturnType<typeof makeWork>;

type Fields = Readonly<Record<string, unknown>>;
type Refused = Extract<Answer<unknown>, { tag: 'refused' }>;

export function makeWork({ api, now, id, say }: WorkSetup) {
  // Waits are counted on a clock that nobody sets: the server's is followed, and may step.
  const steady = () => performance.now();
  const guard = new Guard(steady);
  const jobs = new Jobs(steady);
  const look = makeLook({ api, now, moved: () => guard.moved() });
  const zones = makeZones({ api, now, id });
  const resources = makeResources({ api, now });
  const ring = makeRing({ api, now, moved: () => guard.moved(), ready: () => guard.ready('row'), order });

  const report = makeReport({
    api,
    now,
    steady,
    id,
    guard,
    created({ units, cameras, id: incident }) {
      turnTo(incident);
      look.created(incident, units, cameras);
      mayUndo(incident, { key: 'undoCreate', values: { id: incident } }, () =>
        order(
          incident,
          'cancel',
          { reason: say('reasonWithdrawn') },
          { key: 'didWithdraw', values: { id: incident } },
        ),
      );
    },
    joined(into, words, caller) {
      const what: Said = { key: 'didJoin', values: { id: into } };
      if (caller !== '') order(into, 'add_caller', { caller: { number: caller } }, what);
      if (words !== '' || caller === '') order(into, 'note', { text: words || say('reportedAgain') }, what);
      choose(into);
    },
  });

  desk.subscribe(({ seq, heard, incidents }) => {
    if (seq !== null) guard.saw(seq);
    const one = chosenIncident.get();
    // What left the sight is nobody's choice any more.
    if (one !== null && heard && !incidents.has(one)) choose(null);
  });

  // --- choosing -------------------------------------------------------------------------------------------------

  function choose(incident: string | null): void {
    if (incident === chosenIncident.get()) return;
    turnTo(incident);
    look.at(incident);
  }

  function turnTo(incident: string | null): void {
    form.set(null);
    why.set(null);
    level.set(1);
    placing.set(null);
    chosenCamera.set(null);
    chosenIncident.set(incident);
    guard.appeared();
  }

  /** Proposes units up to that alarm level of the plan. */
  function raise(to: number): void {
    level.set(to);
    guard.moved();
    look.again();
  }

  function chosen(): Incident | undefined {
    return desk.get().incidents.get(chosenIncident.get() ?? '');
  }

  /** The next of the queue, or the one before. */
  function step(by: 1 | -1): void {
    const list = queueOf(desk.get(), 'open', '');
    const at = list.findIndex((one) => one.id === chosenIncident.get());
    const next = list[at === -1 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
    if (next) choose(next.id);
  }

  // --- orders ---------------------------------------------------------------------------------------------------

  /** Orders units to the chosen incident; several in one command, so that all go or it is said who does not. */
  function assign(units: readonly string[], more: Fields = {}): void {
    const incident = chosen();
    if (incident !== undefined && units.length > 0 && guard.ready()) send(incident.id, units, more);
  }

  function send(incident: string, units: readonly string[], more: Fields): void {
    const what: Said = { key: 'didAssign', values: { units: units.map(nameOf).join(' '), id: incident } };
    const fields = { ...(units.length === 1 ? { unit: units[0] } : { units }), ...more };
    order(incident, 'assign', fields, what, assignBasis(incident, units), (value) => {
      const got = value.assignments.filter((one) => units.includes(one.unit ?? '') && OPEN.has(one.state));
      if (got.length > 0) {
        const names = got.map((one) => nameOf(one.unit ?? '')).join(' ');
        mayUndo(incident, { key: 'undoAssign', values: { units: names } }, () => {
          for (const one of got) progress(one, 'recall');
        });
      }
      const taken = value.taken ?? [];
      if (taken.length > 0)
        open({ tag: 'taken', incident, taken, sent: units.length - taken.length, at_ms: now() });
    });
  }

  /** What was on the screen when somebody chose these units. */
  function assignBasis(incident: string, units: readonly string[]): Basis {
    const on = ranked.get();
    const rows = on?.incident === incident && on.units.tag === 'ok' ? on.units.value : null;
    const seq = Math.max(guard.seq() ?? 0, rows?.seq ?? 0);
    const row = units.length === 1 ? rows?.items.find(({ unit }) => unit === units[0]) : undefined;
    return {
      ...(seq > 0 ? { seq } : {}),
      ...(row === undefined ? {} : { unit_epoch: row.unit_epoch }),
      ...(rows?.recommendation ? { recommendation: rows.recommendation } : {}),
    };
  }

  /** The unit beside a number key. */
  function assignRow(n: number): void {
    const on = ranked.get();
    const row = on?.units.tag === 'ok' ? on.units.value.items[n - 1] : undefined;
    const incident = chosen();
    if (row === undefined || incident === undefined) return;
    if (hasOrder(row.unit, incident)) notice.set({ key: 'alreadySent', values: { unit: row.call_sign } });
    else if (guard.ready('row')) assign([row.unit]);
  }

  /** Everybody whom the response plan proposes and who is not on it yet. */
  function assignPlan(): void {
    const on = ranked.get();
    const incident = chosen();
    if (on?.units.tag !== 'ok' || incident === undefined) return;
    const plan = on.units.value.items.filter(
      (row) => row.proposed_for != null && !hasOrder(row.unit, incident),
    );
    const units = plan.map(({ unit }) => unit);
    if (units.length === 0) notice.set({ key: 'planEmpty' });
    else if (guard.ready('row')) assign(units, { plan_level: level.get() });
  }

  /** Any command to an incident. */
  function order(
    incident: string,
    type: string,
    fields: Fields,
    what: Said,
    basis: Basis = basisNow(),
    done: (value: Commanded) => void = () => {},
  ): void {
    const command = { ...fields, command_id: id(), type, basis };
    jobs.carry({
      id: command.command_id,
      incident,
      what,
      ask: () => api.command(incident, command),
      done(value) {
        desk.set(withAnswer(desk.get(), value));
        done(value);
      },
      refused: (answer) =>
        decide(answer, incident, what, (more, on) =>
          order(incident, type, { ...fields, ...more }, what, on, done),
        ),
    });
  }

  function basisNow(): Basis {
    const seq = guard.seq();
    return seq === undefined ? {} : { seq };
  }

  /** Says where an incident is; whoever clicks on the map or agrees to a place has confirmed it. */
  function place(incident: string, at: Point, role: Placing['role'] = 'scene'): void {
    placing.set(null);
    const { lon, lat } = at;
    const location = { state: 'confirmed', lon, lat, method: 'map_click' };
    const [fields, key] =
      role === 'scene' ? [{ location }, 'didPlace' as const] : [{ location, role }, 'didLastSeen' as const];
    order(incident, 'relocate', fields, { key, values: { id: incident } });
  }

  /** A click on the map: the place of the incident that waits for one, else the beginning of a report. */
  function click(at: Point): void {
    const waiting = placing.get();
    if (waiting === null) report.begin(at);
    else place(waiting.incident, at, waiting.role);
  }

  function prioritise(incident: string, priority: number): void {
    order(
      incident,
      'prioritise',
      { priority },
      { key: 'didPrioritise', values: { id: incident, n: priority } },
    );
  }

  function classify(incident: string, kind: string): void {
    order(incident, 'classify', { incident_kind: kind }, { key: 'didClassify', values: { id: incident } });
  }

  /** What became of an order. Who accepts at a desk does it for a unit that said so by voice. */
  function progress(assignment: Assignment, type: Progress['type'], more: Partial<Progress> = {}): void {
    const incident = incidentWith(assignment.id);
    if (incident === undefined) return;
    const name = nameOf(assignment.unit ?? assignment.org ?? '');
    const voice: Partial<Progress> = type === 'accept' ? { src: 'voice' } : {};
    const ask: Progress = { ...voice, ...more, command_id: id(), type };
    jobs.carry({
      id: ask.command_id,
      incident: incident.id,
      what: { key: `did_${type}`, values: { unit: name, id: incident.id } },
      ask: () => api.progress(assignment.id, ask),
      done: (value) => desk.set(withAnswer(desk.get(), value)),
      refused: () => false,
    });
  }

  function incidentWith(assignment: string): Incident | undefined {
    for (const one of desk.get().incidents.values())
      if (one.assignments.some((a) => a.id === assignment)) return one;
    return undefined;
  }

  /** Accepted by voice: of the chosen incident, the order that waits longest for somebody to take it. */
  function voice(): void {
    const incident = chosen();
    const waiting = incident && unanswered(incident);
    if (waiting === undefined) notice.set({ key: 'nobodyWaits' });
    else if (guard.ready()) progress(waiting, 'accept');
  }

  // --- refusals that ask something ------------------------------------------------------------------------------

  /** Opens the dialog of a refusal that a person answers; false when its words are all there is. */
  function decide(
    { code, more = {} }: Refused,
    incident: string,
    what: Said,
    again: (more: Fields, basis: Basis) => void,
  ): boolean {
    const at_ms = now();
    if (code === 'UNIT-TAKEN' && Array.isArray(more.taken)) {
      open({ tag: 'taken', incident, taken: more.taken as Taken[], sent: 0, at_ms });
      return true;
    }
    if (code === 'STALE' && Array.isArray(more.changed)) {
      look.again();
      // Whoever reads what changed and says yes has seen the newest that there is.
      const anew = () => again({}, { seq: desk.get().seq ?? 0 });
      open({ tag: 'stale', what, changed: more.changed as Changed[], again: anew, at_ms });
      return true;
    }
    if (code === 'CONFIRM' && typeof more.confirm_token === 'string') {
      const token = more.confirm_token;
      const until_ms = Number(token.split('.')[0]) || at_ms + 10_000;
      const warnings = (more.warnings ?? []) as Warned[];
      open({
        tag: 'confirm',
        what,
        warnings,
        until_ms,
        // A token that has lapsed would only be asked for again: then the question comes anew.
        again: () => again(now() < until_ms ? { confirm_token: token } : {}, basisNow()),
        at_ms,
      });
      return true;
    }
    return false;
  }

  function open(next: Dialog): void {
    dialog.set(next);
    guard.appeared();
  }

  /** Yes to what the dialog asks: the first substitute, send all the same, confirmed. */
  function agree(): void {
    const asked = dialog.get();
    if (asked === null) return;
    if (asked.tag === 'taken') {
      substitute(1);
      return;
    }
    if (!guard.ready()) return;
    dialog.set(null);
    asked.again();
  }

  /** The substitutes of all taken units are numbered through. */
  function substitute(n: number): void {
    const asked = dialog.get();
    if (asked?.tag !== 'taken') return;
    const unit = asked.taken.flatMap(({ alternatives }) => alternatives)[n - 1];
    if (unit === undefined || !guard.ready()) return;
    dialog.set(null);
    send(asked.incident, [unit], {});
  }

  // --- taking back ----------------------------------------------------------------------------------------------

  function mayUndo(incident: string, what: Said, run: () => void): void {
    const one = { incident, what, until_ms: now() + UNDO_MS, run };
    undo.set(one);
    setTimeout(() => undo.get() === one && undo.set(null), UNDO_MS);
  }

  function takeBack(): void {
    const last = undo.get();
    undo.set(null);
    if (last === null || now() > last.until_ms) notice.set({ key: 'undoNothing' });
    else last.run();
  }

  /** One step back; words that were written are never lost by it. False: nothing of ours was open. */
  function back(): boolean {
    if (helpOpen.get()) helpOpen.set(false);
    else if (dialog.get() !== null) dialog.set(null);
    else if (barOpen.get()) barOpen.set(false);
    else if (boardOpen.get()) boardOpen.set(false);
    else if (placing.get() !== null) placing.set(null);
    else if (draft.get() !== null) report.shelve();
    else if (form.get() !== null) form.set(null);
    else if (chosenCamera.get() !== null) chosenCamera.set(null);
    else if (why.get() !== null) why.set(null);
    else if (chosenIncident.get() !== null) choose(null);
    else return false;
    return true;
  }

  function nameOf(unit: string): string {
    return roster.get().get(unit)?.call_sign ?? unit;
  }

  return {
    ...report,
    choose,
    step,
    assign,
    assignRow,
    assignPlan,
    raise,
    order,
    prioritise,
    classify,
    place,
    click,
    progress,
    voice,
    agree,
    substitute,
    takeBack,
    back,
    nameOf,
    retry: (job: string) => jobs.retry(job),
    forget: (job: string) => jobs.forget(job),
    camera: look.camera,
    askWhy: (unit: string) => void look.askWhy(unit),
    zones,
    resources,
    ring,
    started(): void {
      look.started();
      void zones.read();
    },
    lookAgain: look.again,
    /** A message of the socket, after the desk has taken it in. */
    hear(message: LiveMessage): void {
      if (message.t === 'event') {
        look.heard(message);
        ring.heard(message);
        // Zones end with their incident.
        if (/^(zone\.|incident\.(closed|cancelled|merged))/.test(message.kind)) void zones.read();
      } else if (message.t === 'revision' && message.layer === 'closures') look.roadsChanged();
      else if (message.t === 'snapshot' && message.resumed !== true) {
        look.again();
        void zones.read();
      }
    },
  };
}
