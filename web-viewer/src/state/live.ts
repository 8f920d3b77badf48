import { type Fleet, NO_FLEET } from '../live/apply';
import type { LinkState } from '../live/socket';
import { cell } from './cell';

export const fleet = cell<Fleet>(NO_FLEET);
export const link = cell<LinkState>('off');
/** When the server was last heard, on this machine's own clock: a link's age has nothing to do with clocks agreeing. */
export const heard_ms = cell<number | null>(null);
