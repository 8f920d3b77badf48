import { beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from '../wire/client';
import type { RankedCameras } from '../wire/operations';
import type { Scene, SceneAsk, Wall } from '../wire/walls';
import { chosenCamera, notice, ranked } from './console';
import { chosenIncident } from './desk';
import { heatOn } from './heat';
import { shown, switched } from './layers';
import { makeWallSender, wallChoice, wallsHeld } from './send-wall';

const VIEW = { lon: 120.65, lat: 28.01, zoom: 15 };
const sceneOf = (wall: string, by: string): Scene => ({
  wall,
  view: VIEW,
  incident: null,
  cameras: [],
  layers: null,
  by,
  at: '',
  until: '',
});

function rig(...connected: string[]) {
  let steady = 10_000;
  const sent: [string, SceneAsk | null][] = [];
  const standing = new Map<string, Scene>();
  const wallOf = (wall: string): Wall => ({
    wall,
    connected: connected.includes(wall) ? 1 : 0,
    scene: standing.get(wall) ?? null,
  });
  const ok = <T>(value: T): Answer<T> => ({ tag: 'ok', value });
  const sender = makeWallSender({
    api: {
      walls: async () => ok({ walls: connected.map(wallOf) }),
      async showOnWall(wall, ask) {
        sent.push([wall, ask]);
        standing.set(wall, sceneOf(wall, 'me'));
        return ok(wallOf(wall));
      },
      async takeFromWall(wall) {
        sent.push([wall, null]);
        standing.delete(wall);
        return ok(wallOf(wall));
      },
    },
    view: () => VIEW,
    user: () => 'me',
    steady: () => steady,
  });
  const wait = (ms: number) => {
    steady += ms;
  };
  return { sender, sent, standing, wait };
}

beforeEach(() => {
  vi.useFakeTimers();
  for (const reset of [wallChoice, chosenIncident, chosenCamera, ranked, notice])
    (reset as { set(v: null): void }).set(null);
  wallsHeld.set([]);
  switched.set(false);
  heatOn.set(false);
});

it('the one wall that is connected gets what the desk looks at', async () => {
  const { sender, sent } = rig('3');
  await sender.send();
  expect(sent).toEqual([['3', { view: VIEW }]]);
  expect(wallsHeld.get().map(({ wall, by }) => [wall, by])).toEqual([['3', 'me']]);
});
it('incident, camera and chosen layers go along', async () => {
  const { sender, sent } = rig('1');
  chosenIncident.set('i1');
  chosenCamera.set(7);
  const items = [
    { fid: 6, camera: 'c6' },
    { fid: 7, camera: 'c7' },
  ];
  ranked.set({
    incident: 'i1',
    units: { tag: 'asking' },
    cameras: { tag: 'ok', value: { items } as unknown as RankedCameras, at_ms: 0 },
    moved_ms: null,
  });
  shown.set({ units: true, roads: true, people: false });
  switched.set(true);
  await sender.send();
  expect(sent[0]?.[1]).toEqual({ view: VIEW, incident: 'i1', cameras: ['c7'], layers: ['units', 'roads'] });
});
it('heat that was switched on goes along, and with it the layers that it is seen with', async () => {
  const { sender, sent } = rig('1');
  shown.set({ units: true, roads: true, people: false });
  heatOn.set(true);
  await sender.send();
  expect(sent[0]?.[1]).toEqual({ view: VIEW, layers: ['units', 'roads', 'heat'] });
});
it('without a wall nothing is sent, and that is said', async () => {
  const { sender, sent } = rig();
  await sender.send();
  expect([sent, notice.get()?.key]).toEqual([[], 'wallNone']);
});
it('of several walls somebody chooses, and not by the key that asked', async () => {
  const { sender, sent, wait } = rig('1', '2');
  await sender.send();
  expect([sent, wallChoice.get()?.walls.length]).toEqual([[], 2]);
  await sender.choose(2);
  expect([sent, notice.get()?.key]).toEqual([[], 'tooSoon']);
  wait(600);
  await sender.choose(3);
  expect(sent).toEqual([]);
  await sender.choose(2);
  expect([sent.map(([wall]) => wall), wallChoice.get()]).toEqual([['2'], null]);
});
it('taking back takes what this user sent, and by name what anybody sent', async () => {
  const { sender, sent, standing } = rig('1', '2');
  standing.set('1', sceneOf('1', 'lead'));
  standing.set('2', sceneOf('2', 'me'));
  await sender.look();
  await sender.takeBack();
  expect(sent).toEqual([['2', null]]);
  await sender.takeBack();
  expect(notice.get()?.key).toBe('wallNothing');
  await sender.takeBack('1');
  expect([sent.length, wallsHeld.get()]).toEqual([2, []]);
});
it('what is over elsewhere leaves the desk too', async () => {
  const { sender, standing } = rig('1');
  await sender.send();
  standing.clear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(wallsHeld.get()).toEqual([]);
});
