import { beforeEach, expect, it } from 'vitest';
import type { Answer } from '../wire/client';
import type { Mark, Zone, ZoneAsk, ZoneFound, Zoning } from '../wire/zones';
import { chosenIncident } from './desk';
import { looked, makeZones, zones, zoneTrouble } from './zones';

const zone = (id: string, incident = 'i1') =>
  ({ id, incident, reason: 'gas', geometry: { type: 'MultiPolygon', coordinates: [] } }) as unknown as Zone;
const found = (id: string) => ({ ...zone(id), people: { text: 'about 40' } }) as unknown as ZoneFound;
const ok = <T>(value: T): Answer<T> => ({ tag: 'ok', value });
const refused: Answer<never> = { tag: 'refused', status: 422, code: 'INVALID', detail: 'no wind is known' };
const circle: ZoneAsk = {
  incident: 'i1',
  reason: 'gas',
  circle: { lon: 120.65, lat: 28.01, radius_m: 300 },
};

/** A server with zones; what is asked of it is written down. */
function rig() {
  const asked: string[] = [];
  const there: Zone[] = [];
  let next: Answer<never> | null = null;
  const refuse = () => {
    const answer = next;
    next = null;
    return answer;
  };
  const api: Zoning = {
    resources: async () => ok({ resources: [] }),
    zones: async () => ok({ zones: [...there] }),
    zone: async (id: string) => {
      asked.push(`look ${id}`);
      return ok(found(id));
    },
    drawZone: async (key: string) => {
      asked.push(`draw ${key}`);
      const no = refuse();
      if (no !== null) return no;
      there.push(zone('z1'));
      return ok(found('z1'));
    },
    liftZone: async (_key: string, id: string) => {
      there.splice(0);
      return ok({ lifted: id });
    },
    markBuilding: async (_key: string, _zone: string, building: string, mark: Mark) => {
      asked.push(`mark ${building} ${mark}`);
      return refuse() ?? ok({});
    },
  };
  let n = 0;
  const made = makeZones({
    api,
    now: () => 5,
    id: () => {
      n += 1;
      return `k${n}`;
    },
  });
  const refuseNext = () => {
    next = refused;
  };
  return { made, asked, there, refuseNext };
}

beforeEach(() => {
  zones.set([]);
  looked.set(null);
  zoneTrouble.set(null);
  chosenIncident.set('i1');
});

it('a zone that was drawn is open with its counts, without a second look', async () => {
  const { made, asked } = rig();
  expect(await made.draw(circle)).toBe(true);
  expect(looked.get()).toEqual({ id: 'z1', part: { tag: 'ok', value: found('z1'), at_ms: 5 } });
  expect(zones.get().map(({ id }) => id)).toEqual(['z1']);
  expect(asked).toEqual(['draw k1']);
});
it('a refusal stands in words, and nothing is drawn', async () => {
  const { made, refuseNext } = rig();
  refuseNext();
  expect(await made.draw(circle)).toBe(false);
  expect(zoneTrouble.get()).toEqual({ tag: 'refused', detail: 'no wind is known' });
  expect([zones.get(), looked.get()]).toEqual([[], null]);
});
it('outlines are read without looking into any zone', async () => {
  const { made, asked, there } = rig();
  there.push(zone('z1'), zone('z2', 'i2'));
  await made.read();
  expect(zones.get().length).toBe(2);
  expect(asked).toEqual([]);
});
it('the same click again lets go of a zone; so does another incident', async () => {
  const { made, asked } = rig();
  await made.look('z1');
  expect(looked.get()?.part.tag).toBe('ok');
  await made.look('z1');
  expect(looked.get()).toBe(null);
  await made.look('z1');
  chosenIncident.set('i2');
  expect(looked.get()).toBe(null);
  expect(asked).toEqual(['look z1', 'look z1']);
});
it('a zone that was lifted is not looked at any longer', async () => {
  const { made } = rig();
  await made.draw(circle);
  await made.lift('z1');
  expect([zones.get(), looked.get()]).toEqual([[], null]);
});
it('a building is marked and the zone read again; a refusal of it is said', async () => {
  const { made, asked, refuseNext } = rig();
  await made.draw(circle);
  await made.mark('z1', '77', 'told');
  expect(asked.slice(1)).toEqual(['mark 77 told', 'look z1']);
  refuseNext();
  await made.mark('z1', '77', 'left');
  expect(zoneTrouble.get()?.tag).toBe('refused');
});
