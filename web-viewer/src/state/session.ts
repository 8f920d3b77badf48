import type { Session } from '../wire/answers';
import type { Answer } from '../wire/client';
import { cell } from './cell';

export type SessionState =
  | { tag: 'asking' }
  | { tag: 'out'; ended: boolean }
  | { tag: 'in'; session: Session }
  /** The server could not be asked; the page tries again. */
  | { tag: 'unknown' };

export const session = cell<SessionState>({ tag: 'asking' });

/** A 401 anywhere: the login panel returns, the map stays. */
export function loggedOut(): void {
  if (session.get().tag === 'in') session.set({ tag: 'out', ended: true });
}

/** Nobody answered who this is: asked again after so long. */
const AGAIN_MS = 3000;

/**
 * Asks the server who this is. What is up stays up when nobody answers; only a page that does not know yet who is asking
 * says so and asks again. `knew` tells whether there was a login that has ended now.
 */
export async function checkSession(
  ask: () => Promise<Answer<Session>>,
  knew: () => boolean = () => session.get().tag === 'in',
): Promise<void> {
  const answer = await ask();
  switch (answer.tag) {
    case 'ok':
      if (session.get().tag !== 'in') session.set({ tag: 'in', session: answer.value });
      return;
    case 'refused':
      session.set({ tag: 'out', ended: knew() });
      return;
    case 'failed':
      if (session.get().tag === 'in') return;
      session.set({ tag: 'unknown' });
      setTimeout(() => void checkSession(ask, knew), AGAIN_MS);
  }
}
