/** What a unit in the field does: each press becomes an entry of the outbox, with the moment at which it was made. */
import { withAnswer } from './live/incidents';
import { desk } from './state/desk';
import { entries, full, nearby, putAway, said, who } from './state/field';
import type { Entry, Errand, Outbox } from './state/outbox';
import { pressed } from './state/outbox';
import { placeOf } from './state/place';
import { distressOf, openOrders, ordersOf, type Step } from './state/steps';
import type { Session } from './wire/answers';
import type { Answer } from './wire/client';
import { distressPath, type Field, incidentPath, orderPath } from './wire/field';
import { newId } from './wire/id';
import type { Assignment, Incident } from './wire/operations';

/** A house farther away says nothing of where a place is, metres. */
const NEAR_M = 300;

export interface FieldWork {
  login(user: string, password: string): Promise<Answer<Session>>;
  /** False: the server did not answer, and the login is still good. */
  logout(): Promise<boolean>;
  step(order: Assignment, step: Step, incident: string): void;
  decline(order: Assignment, reason: string, incident: string): void;
  feedback(incident: Incident, text: string, disposition: string): void;
  help(): void;
  share(wanted: boolean): void;
  read(id: string): void;
  putAway(order: string): void;
  /** Orders are on the screen: those that were not are said to have arrived. */
  looked(): void;
  done(entry: Entry, answer: Incident & { label?: string }): void;
}

export interface FieldSetup {
  api: Pick<Field, 'house'>;
  outbox: Outbox;
  login: FieldWork['login'];
  logout: FieldWork['logout'];
  share: FieldWork['share'];
  /** Sends the positions that wait, so that a call for help is found where it is. */
  positionsNow: () => void;
}

export function makeFieldWork({ api, outbox, login, logout, share, positionsNow }: FieldSetup): FieldWork {
  /** Orders that this page has said to have arrived; the server may not have told of it yet. */
  const delivered = new Set<string>();
  const alarmed = new Set<string>();

  function put(
    errand: Errand,
    path: string,
    about: string,
    incident: string | null,
    more: object | null,
  ): void {
    const id = newId();
    const body = more === null ? null : { command_id: id, ...more };
    void outbox.put({ id, path, body, errand, about, incident }).then((taken) => full.set(!taken));
  }

  function progress(order: Assignment, type: Errand, incident: string, more: object = {}): void {
    const at = new Date().toISOString();
    put(type, orderPath(order.id), order.id, incident, { type, at, src: 'app', ...more });
  }

  /** The place that was asked about last: one that has no house near is not asked about at each event. */
  let asked = nearby.get()?.incident ?? null;

  async function sayWhere(incident: Incident): Promise<void> {
    const place = placeOf(incident);
    const key = place === null ? null : `${incident.id} ${place.lon} ${place.lat}`;
    if (place === null || key === null || key === asked || key === nearby.get()?.incident) return;
    asked = key;
    const answer = await api.house(place.lon, place.lat, NEAR_M);
    if (answer.tag !== 'ok') {
      asked = null;
      return;
    }
    const [house] = answer.value.items;
    const address = house?.properties.address;
    if (house !== undefined && typeof address === 'string')
      nearby.set({ incident: key, address, distance_m: house.distance_m });
  }

  return {
    login,
    logout,
    share,
    step: (order, step, incident) => progress(order, step, incident),
    decline: (order, reason, incident) => progress(order, 'decline', incident, { reason }),
    feedback: ({ id }, text, disposition) =>
      put('feedback', incidentPath(id), id, id, { type: 'feedback', text, disposition }),
    help() {
      const unit = who.get()?.unit;
      if (unit == null) return;
      const known = distressOf(desk.get(), unit) !== null;
      const underWay = entries.get().some(({ errand, refused }) => errand === 'distress' && refused === null);
      if (known || underWay) return;
      put('distress', distressPath(unit), unit, null, null);
      positionsNow();
    },
    read: (id) => void outbox.read(id),
    putAway: (order) => putAway.set(new Set([...putAway.get(), order])),
    looked() {
      const unit = who.get()?.unit;
      if (unit == null || document.visibilityState !== 'visible') return;
      const open = openOrders(ordersOf(desk.get(), unit));
      for (const { order, incident } of open) {
        if (order.state === 'offered' && !alarmed.has(order.id)) {
          alarmed.add(order.id);
          navigator.vibrate?.([400, 150, 400]);
        }
        const known = delivered.has(order.id) || pressed(entries.get(), order.id).length > 0;
        if (order.state !== 'offered' || known) continue;
        delivered.add(order.id);
        progress(order, 'deliver', incident.id);
      }
      const first = open[0];
      if (first !== undefined) void sayWhere(first.incident);
    },
    done(entry, answer) {
      desk.set(withAnswer(desk.get(), answer));
      if (entry.errand === 'deliver') return;
      const state = answer.assignments.find(({ id }) => id === entry.about)?.state ?? null;
      said.set(
        answer.label === undefined
          ? { errand: entry.errand, about: entry.about, at_ms: Date.now(), state }
          : null,
      );
    },
  };
}
