/** Tickets to watch a camera and the messages of its socket; see `docs/video.md`. */

export interface TicketAsk {
  /** What for, in a word or two; it stands in the audit. */
  purpose: string;
  incident?: string;
  /** Why, in words; the server says `CAM-NOREASON` where it wants one. */
  reason?: string;
}

export interface Ticket {
  ticket: string;
  expires_at: string;
  /** Path of the socket. */
  video: string;
  still: string;
  has_stream: boolean;
}

export type PictureState = 'connecting' | 'live' | 'stalled' | 'failed';

export type VideoMessage =
  | { t: 'hello'; camera: string; name: string | null; expires_at: string; now: string }
  | {
      t: 'state';
      state: PictureState;
      why: { code: string; text: string } | null;
      since: string;
      last_frame: string | null;
      retry_at: string | null;
      now: string;
    }
  /** The next binary message is the head of a stream, those after it are its frames. */
  | { t: 'head'; codec: string; width: number; height: number }
  | { t: 'bye'; reason: string };

const KNOWN = new Set(['hello', 'state', 'head', 'bye']);

/** Null for what is not a message we know. */
export function readVideoMessage(text: string): VideoMessage | null {
  try {
    const value = JSON.parse(text) as { t?: unknown };
    return typeof value.t === 'string' && KNOWN.has(value.t) ? (value as VideoMessage) : null;
  } catch {
    return null;
  }
}

/** Seconds from 1900, where the clock in a fragment counts from, to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;

/** When a fragment's picture came in, and where it stands in the stream (ticks): its `prft` box, which comes first. */
export function readClock(fragment: ArrayBuffer): { at_ms: number; ticks: number } | null {
  const view = new DataView(fragment);
  if (view.byteLength < 32 || name(view, 4) !== 'prft') return null;
  const at_ms =
    (view.getUint32(16) - NTP_TO_UNIX_S) * 1000 + Math.round((view.getUint32(20) / 2 ** 32) * 1000);
  return { at_ms, ticks: view.getUint32(24) * 2 ** 32 + view.getUint32(28) };
}

/** Ticks a second, from the head of a stream (its `mdhd` box); RTP's usual 90,000 where it is not found. */
export function readTimescale(head: ArrayBuffer): number {
  const view = new DataView(head);
  for (let at = 4; at + 20 <= view.byteLength; at += 1) {
    if (name(view, at) === 'mdhd') return view.getUint32(at + 16) || 90_000;
  }
  return 90_000;
}

function name(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}
