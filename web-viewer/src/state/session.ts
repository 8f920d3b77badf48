import type { Session } from '../wire/answers';
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
