import { cell } from './cell';

/** The camera whose picture is open: its number (`fid`) as text, and what it is called. One at a time: a wall of tiles comes with the desk. */
export const watched = cell<{ id: string; name: string } | null>(null);
