/** What a tile shows besides the picture: pure, from what the server says and when a picture was last put on screen. */
import type { Words } from '../words';

/** A picture that is older than this is not live, whatever the server says. */
export const LIVE_MS = 2000;

/** How a tile stands. Only a picture on the screen is live. */
export type Standing = 'asking' | 'reason' | 'connecting' | 'live' | 'stalled' | 'failed';

/** The standing from the server's word, and how long ago a picture was shown (null: none yet). */
export function standing(
  said: 'connecting' | 'live' | 'stalled' | 'failed',
  shown_ago_ms: number | null,
): Standing {
  if (said === 'failed') return 'failed';
  if (shown_ago_ms === null) return said === 'stalled' ? 'stalled' : 'connecting';
  if (shown_ago_ms > LIVE_MS) return 'stalled';
  return said === 'connecting' ? 'connecting' : 'live';
}

/** Why a picture does not come, in the page's language; the server's own words for a code that this page does not know. */
export function sayWhy(w: Words, why: { code: string; text: string }): string {
  const key = `video_${why.code.toLowerCase().replaceAll('-', '_')}`;
  return (w as Readonly<Record<string, string>>)[key] ?? why.text;
}

/** What becomes of a tile when its socket is closed. */
export function afterEnd(reason: string | null): 'again' | 'over' {
  // What was taken away, or is not there, does not come back by asking.
  return reason === 'WITHDRAWN' || reason === 'NO-STREAM' ? 'over' : 'again';
}
