import { expect, it } from 'vitest';
import { NO_DESK } from '../live/incidents';
import type { Incident } from '../wire/operations';
import { beside, boardOf, heldBoard, placesOf } from './board';

const incident = (id: string, phase: string, priority = 2) =>
  ({
    id,
    phase,
    priority,
    seq: 1,
    location: { state: 'confirmed' },
    times: { reported: '2026-11-22T04:00:00Z' },
  }) as unknown as Incident;
const desk = (...all: Incident[]) => ({ ...NO_DESK, incidents: new Map(all.map((one) => [one.id, one])) });
const seen = (board: ReturnType<typeof boardOf>) =>
  Object.fromEntries(
    board.filter(({ rows }) => rows.length > 0).map(({ id, rows }) => [id, rows.map((one) => one.id)]),
  );

it('each open incident stands in the column of its phase, the most urgent first', () => {
  const board = boardOf(
    desk(
      incident('a', 'pending', 3),
      incident('b', 'pending', 1),
      incident('c', 'on_scene'),
      incident('d', 'awaiting_review'),
      incident('e', 'awaiting_feedback'),
      incident('f', 'referred'),
      incident('g', 'closed'),
      incident('h', 'a phase of tomorrow'),
    ),
  );
  expect(seen(board)).toEqual({
    pending: ['b', 'a'],
    on_scene: ['c'],
    after: ['d', 'e'],
    later: ['f', 'h'],
  });
});
it('while it is held no card moves; what moved or is new is counted, what ended goes', () => {
  const first = desk(incident('a', 'pending'), incident('b', 'pending'), incident('c', 'pending'));
  const places = placesOf(boardOf(first));
  const then = desk(
    incident('a', 'assigned'),
    incident('b', 'pending'),
    incident('c', 'closed'),
    incident('d', 'pending', 1),
  );
  const { board, moved } = heldBoard(then, places);
  expect([seen(board), moved]).toEqual([{ pending: ['a', 'b'] }, 2]);
  expect(board[0]?.rows[0]?.phase).toBe('assigned');
  expect(heldBoard(first, places).moved).toBe(0);
});
it('arrows walk over the board, over empty columns too', () => {
  const board = [['a', 'b', 'c'], [], ['d'], ['e', 'f']];
  expect(beside(board, null, 'down')).toBe('a');
  expect(beside(board, 'gone', 'left')).toBe('a');
  expect([beside(board, 'a', 'down'), beside(board, 'a', 'up'), beside(board, 'c', 'down')]).toEqual([
    'b',
    null,
    null,
  ]);
  expect([beside(board, 'c', 'right'), beside(board, 'd', 'right'), beside(board, 'f', 'left')]).toEqual([
    'd',
    'e',
    'd',
  ]);
  expect([beside(board, 'a', 'left'), beside(board, 'e', 'right')]).toEqual([null, null]);
  expect(beside([[], []], null, 'down')).toBe(null);
});
