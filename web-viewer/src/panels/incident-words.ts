import { clockOf } from '../state/age';
import type { Wait } from '../state/desk';
import { sayCode, type Words } from '../words';

/** What is waited for and for how long still; with a plus when that is past. */
export function waitWords(words: Words, wait: Wait): string {
  return `${sayCode(words, 'timer', wait.kind)} ${wait.left_ms < 0 ? '+' : ''}${clockOf(wait.left_ms)}`;
}
