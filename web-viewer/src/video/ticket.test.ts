import { expect, it } from 'vitest';
import { words } from '../words';
import { afterEnd, sayWhy, standing } from './ticket';

it('live means a picture on the screen', () => {
  expect(standing('live', null)).toBe('connecting');
  expect(standing('live', 100)).toBe('live');
  expect(standing('live', 2500)).toBe('stalled');
  expect(standing('stalled', 100)).toBe('live');
  expect(standing('stalled', 2500)).toBe('stalled');
  expect(standing('failed', 100)).toBe('failed');
  expect(standing('connecting', null)).toBe('connecting');
});
it('a reason is said in the language of the page', () => {
  const why = { code: 'LOGIN-REFUSED', text: 'server words' };
  expect(sayWhy(words.zh, why)).not.toBe('server words');
  expect(sayWhy(words.en, why)).not.toBe(sayWhy(words.zh, why));
  expect(sayWhy(words.en, { code: 'NEW-ONE', text: 'server words' })).toBe('server words');
});
it('what was taken away is not asked for again', () => {
  expect(['WITHDRAWN', 'NO-STREAM', 'EXPIRED', 'TOO-SLOW', 'SHUTDOWN', null].map(afterEnd)).toEqual([
    'over',
    'over',
    'again',
    'again',
    'again',
    'again',
  ]);
});
