import type { Session, Surroundings } from './answers';
import { type AskHeat, makeAskHeat } from './heat';
import { type Ask, makeOperations, type Operations } from './operations';
import { type AskSearch, searchPath } from './search';
import type { Ticket, TicketAsk } from './video';

/**
 * Every answer is one of three: `ok`; `refused`, the server understood and says no with a code; `failed`, nobody
 * knows (no network, a broken server, an unreadable body). Callers handle all three.
 */
export type Answer<T> =
  | { tag: 'ok'; value: T }
  /** `more` is what the code promises besides: `taken`, `changed`, `confirm_token`… */
  | { tag: 'refused'; status: number; code: string; detail: string; more?: Readonly<Record<string, unknown>> }
  | { tag: 'failed'; reason: 'network' | 'server' | 'unreadable'; status: number };

type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface Client extends Operations {
  session(): Promise<Answer<Session>>;
  login(user: string, password: string): Promise<Answer<Session>>;
  /** Logs in by a token that was given to a screen. */
  keep(token: string): Promise<Answer<Session>>;
  logout(): Promise<Answer<null>>;
  style(theme: string): Promise<Answer<unknown>>;
  surroundings(lon: number, lat: number, radius_m: number): Promise<Answer<Surroundings>>;
  ticket(camera: string, ask: TicketAsk): Promise<Answer<Ticket>>;
  search: AskSearch;
  heat: AskHeat;
}

export interface ClientOptions {
  fetch: Fetch;
  language: () => string;
  /** Called when a call other than the session's own meets 401: the login has ended. */
  onLoggedOut: () => void;
}

const SESSION = '/api/v1/session';

/** Asks one thing of the server; pages that need few of its paths put them together themselves. */
export function makeAsk(options: ClientOptions): Ask {
  return async function ask<T>(
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { 'accept-language': options.language(), ...more };
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await options.fetch(path, {
        method,
        headers,
        credentials: 'same-origin',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      return { tag: 'failed', reason: 'network', status: 0 };
    }
    if (response.status === 401 && path !== SESSION) options.onLoggedOut();
    return read<T>(response);
  };
}

export function makeClient(options: ClientOptions): Client {
  const ask = makeAsk(options);
  return {
    ...makeOperations(ask),
    session: () => ask('GET', SESSION),
    login: (user, password) => ask('POST', SESSION, { user, password }),
    keep: (token) => ask('PUT', SESSION, undefined, { authorization: `Bearer ${token}` }),
    logout: () => ask('DELETE', SESSION),
    style: (theme) => ask('GET', `/style/${encodeURIComponent(theme)}.json`),
    surroundings: (lon, lat, radius_m) => ask('POST', '/api/v1/surroundings', { lon, lat, radius_m }),
    ticket: (camera, wish) => ask('POST', `/api/v1/cameras/${encodeURIComponent(camera)}/tickets`, wish),
    search: (text, near, most) => ask('GET', searchPath(text, near, most)),
    heat: makeAskHeat(ask),
  };
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const { status } = response;
  if (status >= 500) return { tag: 'failed', reason: 'server', status };
  const text = await response.text().catch(() => null);
  if (text === null) return { tag: 'failed', reason: 'network', status };
  const body = parse(text);
  if (status >= 400) {
    const {
      code,
      detail,
      title,
      type: _type,
      status: _status,
      ...more
    } = (body ?? {}) as Record<string, unknown>;
    return {
      tag: 'refused',
      status,
      code: typeof code === 'string' ? code : `HTTP-${status}`,
      detail: words(detail) ?? words(title) ?? '',
      ...(Object.keys(more).length === 0 ? {} : { more }),
    };
  }
  if (body === undefined) return { tag: 'failed', reason: 'unreadable', status };
  return { tag: 'ok', value: body as T };
}

/** Words for people come as a string or as `{code, text}`. */
function words(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const text = (value as { text?: unknown } | null)?.text;
  return typeof text === 'string' ? text : undefined;
}

/** An empty body is an answer too (204); only text that is not JSON is unreadable. */
function parse(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
