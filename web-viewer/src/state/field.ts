/** What the page of a unit in the field knows. */
import type { RosterUnit } from '../wire/operations';
import { cell } from './cell';
import type { Entry, Errand } from './outbox';
import { type Facts, NO_FACTS } from './sharing';

/** Who is at this phone. `sure`: the server has said so since the page was opened. */
export interface Who {
  user: string;
  unit: string | null;
  sure: boolean;
}
export const who = cell<Who | null>(null);

/** The own record; kept over a reload, so it may be old until the link is open. */
export const self = cell<RosterUnit | null>(null);

export const entries = cell<readonly Entry[]>([]);
export const facts = cell<Facts>(NO_FACTS);

/** What the server answered last: what to, and how the order stands since. */
export interface Said {
  errand: Errand;
  /** The order, incident or unit that it was about. */
  about: string;
  at_ms: number;
  /** The state of the order after it; null for what is about no order. */
  state: string | null;
}
export const said = cell<Said | null>(null);

/** Something was not taken because too much waits already. */
export const full = cell(false);

/** False: this browser keeps nothing over a reload. */
export const lasting = cell(true);

/** Whether the screen stays on by itself: null while it need not. */
export const awake = cell<boolean | null>(null);

/** Of when the picture is that is shown without a link, by the server's clock; null: the link is open or nothing was kept. */
export const asOf_ms = cell<number | null>(null);

/** Ended orders that were put away. */
export const putAway = cell<ReadonlySet<string>>(new Set());

/** The house nearest to the scene that is shown. */
export const nearby = cell<{ incident: string; address: string; distance_m: number } | null>(null);

/** The browser offers to install the page. */
export const installable = cell<(() => void) | null>(null);
