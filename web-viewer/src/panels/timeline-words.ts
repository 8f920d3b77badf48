import { orderOf } from '../state/desk';
import type { Incident, TimelineEntry } from '../wire/operations';
import { sayCode, type Words } from '../words';

export interface Names {
  unit: (id: string) => string;
  camera: (id: string) => string;
}

/** What exactly happened, as far as the event says it in words that mean something to a person. */
export function sayEntry(w: Words, incident: Incident, entry: TimelineEntry, names: Names): string {
  const what = entry.what as Readonly<Record<string, unknown>>;
  const text = (key: string) => (typeof what[key] === 'string' ? (what[key] as string) : '');
  const join = (...parts: string[]) => parts.filter(Boolean).join(' · ');
  const code = (key: string, family: Parameters<typeof sayCode>[1]) =>
    text(key) && sayCode(w, family, text(key));
  const to = what.to as { unit?: string; org?: string } | string | undefined;
  if (entry.kind.startsWith('assignment.')) {
    const who = typeof to === 'object' ? (to.unit ?? to.org) : orderOf(incident, entry.kind, entry.at);
    return join(who ? names.unit(who) : '', text('reason'));
  }
  switch (entry.kind) {
    case 'incident.prioritised':
      return typeof what.priority === 'number' ? `P${what.priority}` : '';
    case 'incident.classified':
    case 'incident.reported':
      return join(code('kind', 'incident'), text('text'));
    case 'incident.feedback_filed':
    case 'incident.closed':
      return join(code('disposition', 'disposition'), text('text'));
    case 'incident.located':
      return what.role === 'last_seen' ? w.lastSeen : '';
    case 'recording.watched':
      return join(code('watched', 'watched'), names.camera(text('camera')), text('text'));
    case 'incident.reviewed':
      return what.accept === true ? w.reviewYes : what.accept === false ? w.reviewNo : '';
    case 'alert.raised':
      return sayCode(w, 'alert', text('code'));
    case 'incident.referred':
      return typeof to === 'string' ? to : '';
    case 'units.proposed':
      return Array.isArray(what.units) ? what.units.map((unit) => names.unit(String(unit))).join(' ') : '';
    default:
      return text('reason') || text('text');
  }
}

export function bySystem(by: string): boolean {
  return by === '' || by.startsWith('system') || by.startsWith('timer');
}
