/** Tickets that are used again while they hold: a tour comes back to the same cameras all day. */
import type { Answer } from '../wire/client';
import type { Ticket, TicketAsk } from '../wire/video';

/** A ticket that ends sooner than this is not begun with. */
const LEFT_MS = 30_000;
/** Who asks again this soon after getting a kept ticket was not let in with it: a fresh one then. */
const REFUSED_MS = 10_000;
/** Tickets kept at once; the server gives one login 64. The oldest goes. */
const MOST = 24;

type Asking = (camera: string, ask: TicketAsk) => Promise<Answer<Ticket>>;

export function keepTickets(ask: Asking, now: () => number): Asking {
  const kept = new Map<string, { ticket: Ticket; given_ms: number }>();
  return async (camera, wish) => {
    const key = `${camera} ${wish.incident ?? ''}`;
    const have = kept.get(key);
    const [at, fresh] = [now(), have !== undefined && Date.parse(have.ticket.expires_at) > now() + LEFT_MS];
    if (have !== undefined && fresh && at - have.given_ms > REFUSED_MS) {
      have.given_ms = at;
      return { tag: 'ok', value: have.ticket };
    }
    kept.delete(key);
    const answer = await ask(camera, wish);
    if (answer.tag !== 'ok') return answer;
    kept.set(key, { ticket: answer.value, given_ms: at });
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST) break;
      kept.delete(oldest);
    }
    return answer;
  };
}
