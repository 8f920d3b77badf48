import type { Session, Surroundings } from './answers';
import type { Ticket, TicketAsk } from './video';

/**
 * Every answer is one of three: `ok`; `refused`, the server understood and says no with a code; `failed`, nobody
 * knows (no network, a broken server, an unreadable body). Callers handle all three.
 */
export type Answer<T> =
  | { tag: 'ok'; value: T }
  | { tag: 'refused'; status: number; code: string; detail: string }
  | { tag: 'failed'; reason: 'network' | 'server' | 'unreadable'; status: number };

type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface Client {
  session(): Promise<Answer<Session>>;
  login(user: string, password: string): Promise<Answer<Session>>;
  logout(): Promise<Answer<null>>;
  style(theme: string): Promise<Answer<unknown>>;
  surroundings(lon: number, lat: number, radius_m: number): Promise<Answer<Surroundings>>;
  ticket(camera: string, ask: TicketAsk): Promise<Answer<Ticket>>;
}

export interface ClientOptions {
  fetch: Fetch;
  language: () => string;
  /** Called when a call other than the session's own meets 401: the login has ended. */
  onLoggedOut: () => void;
}

const SESSION = '/api/v1/session';

export function makeClient(options: ClientOptions): Client {
  async function ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const headers: Record<string, string> = { 'accept-language': options.language() };
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
  }

  return {
    session: () => ask('GET', SESSION),
    login: (user, password) => ask('POST', SESSION, { user, password }),
    logout: () => ask('DELETE', SESSION),
    style: (theme) => ask('GET', `/style/${encodeURIComponent(theme)}.json`),
    surroundings: (lon, lat, radius_m) => ask('POST', '/api/v1/surroundings', { lon, lat, radius_m }),
    ticket: (camera, wish) => ask('POST', `/api/v1/cameras/${encodeURIComponent(camera)}/tickets`, wish),
  };
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const { status } = response;
  if (status >= 500) return { tag: 'failed', reason: 'server', status };
  const text = await response.text().catch(() => null);
  if (text === null) return { tag: 'failed', reason: 'network', status };
  const body = parse(text);
  if (status >= 400) {
    const problem = (body ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
    return {
      tag: 'refused',
      status,
      code: typeof problem.code === 'string' ? problem.code : `HTTP-${status}`,
      detail: words(problem.detail) ?? words(problem.title) ?? '',
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
