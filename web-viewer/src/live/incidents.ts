import type { LiveMessage, Since } from '../wire/live';
import type { Commanded, Created, Incident } from '../wire/operations';

/** Ended incidents that stay known, so that the one that is being looked at does not vanish; the oldest goes first. */
const MOST_ENDED = 50;

/** What this page knows of operations: every open incident in sight, and up to which event. */
export interface Desk extends Since {
  readonly incidents: ReadonlyMap<string, Incident>;
  /** False until the first picture: an empty list before that says nothing. */
  readonly heard: boolean;
}

export const NO_DESK: Desk = { incidents: new Map(), seq: null, epoch: null, heard: false };

const ENDED = new Set(['closed', 'cancelled', 'merged']);

export function hasEnded(incident: Incident): boolean {
  return ENDED.has(incident.phase);
}

/** The desk after a message. Messages that say nothing of operations give the same desk back. */
export function applyToDesk(desk: Desk, message: LiveMessage): Desk {
  switch (message.t) {
    case 'snapshot': {
      const { seq, epoch } = message;
      if (message.resumed === true) return { ...desk, seq, epoch, heard: true };
      const incidents = new Map((message.incidents ?? []).map((one) => [one.id, one]));
      // A picture has open ones only; what ended while this page looked on is still what it was.
      for (const one of desk.incidents.values())
        if (hasEnded(one) && desk.epoch === epoch && !incidents.has(one.id)) incidents.set(one.id, one);
      return { incidents: bounded(incidents), seq, epoch, heard: true };
    }
    case 'event': {
      const next = withIncident(desk, message.id, message.incident);
      return { ...next, seq: message.seq, epoch: message.epoch };
    }
    case 'units':
    case 'positions':
    case 'gone':
    case 'revision':
    case 'heartbeat':
    case 'scene':
    case 'lagged':
    case 'bye':
      return desk;
  }
}

/** The desk with an incident as an answer shows it; the socket may have told of a newer one already. */
export function withAnswer(desk: Desk, answer: Incident | Commanded | Created): Desk {
  // What came of the question beside the incident is no part of it.
  const { assigned, already, taken, label, units, cameras, ...incident }: Commanded & Created = answer;
  return withIncident(desk, incident.id, incident);
}

function withIncident(desk: Desk, id: string, incident: Incident | null): Desk {
  const known = desk.incidents.get(id);
  if (incident !== null && known !== undefined && known.seq > incident.seq) return desk;
  const incidents = new Map(desk.incidents);
  if (incident === null) incidents.delete(id);
  else incidents.set(id, incident);
  return { ...desk, incidents: bounded(incidents) };
}

function bounded(incidents: Map<string, Incident>): Map<string, Incident> {
  const ended = [...incidents.values()].filter(hasEnded).sort((a, b) => a.seq - b.seq);
  for (const one of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) incidents.delete(one.id);
  return incidents;
}
