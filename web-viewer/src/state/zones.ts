/** Zones of open incidents: their outlines on the map, and the one that somebody looks into. */
import type { Answer } from '../wire/client';
import type { Mark, Zone, ZoneAsk, ZoneFound, Zoning } from '../wire/zones';
import { cell } from './cell';
import { type Part, partOf } from './console';
import { chosenIncident } from './desk';

/** All in sight. */
export const zones = cell<readonly Zone[]>([]);

/** The one that is looked into: each look is a row of the audit, so nobody looks but by a click. */
export interface Looked {
  id: string;
  part: Part<ZoneFound>;
}
export const looked = cell<Looked | null>(null);

/** Why the last zone was not drawn, lifted or marked. */
export const zoneTrouble = cell<Part<never> | null>(null);

export interface ZonesSetup {
  api: Zoning;
  now: () => number;
  id: () => string;
}

export function makeZones({ api, now, id }: ZonesSetup) {
  chosenIncident.subscribe(() => {
    looked.set(null);
    zoneTrouble.set(null);
  });

  /** Outlines anew; what was known stays where there is no answer. */
  async function read(): Promise<void> {
    const answer = await api.zones();
    if (answer.tag !== 'ok') return;
    zones.set(answer.value.zones);
    const open = looked.get();
    if (open !== null && !answer.value.zones.some((one) => one.id === open.id)) looked.set(null);
  }

  /** Looks into a zone; the same again lets go of it. */
  async function look(zone: string): Promise<void> {
    if (looked.get()?.id === zone) {
      looked.set(null);
      return;
    }
    looked.set({ id: zone, part: { tag: 'asking' } });
    await again(zone);
  }

  async function again(zone: string): Promise<void> {
    const answer = await api.zone(zone);
    if (looked.get()?.id === zone) looked.set({ id: zone, part: partOf(answer, now()) });
  }

  /** Draws one. True when it stands. */
  async function draw(ask: ZoneAsk): Promise<boolean> {
    const answer = await api.drawZone(id(), ask);
    tell(answer);
    if (answer.tag !== 'ok') return false;
    if (chosenIncident.get() === ask.incident)
      looked.set({ id: answer.value.id, part: partOf(answer, now()) });
    await read();
    return true;
  }

  async function lift(zone: string): Promise<void> {
    tell(await api.liftZone(id(), zone));
    await read();
  }

  /** Says what became of a building, and reads the zone again. */
  async function mark(zone: string, building: string, said: Mark): Promise<void> {
    tell(await api.markBuilding(id(), zone, building, said));
    await again(zone);
  }

  function tell(answer: Answer<unknown>): void {
    const part = partOf(answer, now());
    zoneTrouble.set(part.tag === 'ok' ? null : part);
  }

  return { read, look, draw, lift, mark };
}
