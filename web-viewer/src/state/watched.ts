import { cell } from './cell';

/** The camera whose picture is open: its number (`fid`) as text, what it is called, and the incident that it is opened for. One at a time. */
export const watched = cell<{ id: string; name: string; incident?: string } | null>(null);
