import { expect, it } from 'vitest';
import type { Ticket } from '../wire/video';
import { keepTickets } from './keep';

function rig() {
  let at = Date.parse('2026-11-22T04:00:00Z');
  const asked: string[] = [];
  const ticket = keepTickets(
    async (camera) => {
      asked.push(camera);
      const expires_at = new Date(at + 600_000).toISOString();
      return { tag: 'ok', value: { ticket: `${camera}${asked.length}`, expires_at } as Ticket };
    },
    () => at,
  );
  const ask = async (camera: string) => {
    const answer = await ticket(camera, { purpose: 'incident', incident: 'i' });
    return answer.tag === 'ok' ? answer.value.ticket : answer.tag;
  };
  const wait = (ms: number) => {
    at += ms;
  };
  return { asked, ask, wait };
}

it('a tour that comes back uses the ticket that it has', async () => {
  const { ask, wait, asked } = rig();
  const first = await ask('c');
  wait(60_000);
  expect([await ask('c'), asked.length]).toEqual([first, 1]);
});
it('a ticket that opened nothing is asked anew', async () => {
  const { ask, wait, asked } = rig();
  await ask('c');
  wait(1000);
  await ask('c');
  expect(asked.length).toBe(2);
});
it('one that ends soon is asked anew', async () => {
  const { ask, wait, asked } = rig();
  await ask('c');
  wait(580_000);
  await ask('c');
  expect(asked.length).toBe(2);
});
it('so many are kept and no more', async () => {
  const { ask, wait, asked } = rig();
  for (let n = 0; n < 30; n += 1) await ask(`c${n}`);
  wait(60_000);
  await ask('c29');
  expect(asked.length).toBe(30);
  await ask('c0');
  expect(asked.length).toBe(31);
});
