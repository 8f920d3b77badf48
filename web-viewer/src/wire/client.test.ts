import { expect, it, vi } from 'vitest';
import { makeClient } from './client';

function ask(status: number, body: string | null, path: 'session' | 'style' = 'style') {
  const onLoggedOut = vi.fn();
  const fetch = vi.fn(async (_input: string, _init?: RequestInit) => new Response(body, { status }));
  const client = makeClient({ fetch, language: () => 'en', onLoggedOut });
  return { answer: path === 'session' ? client.session() : client.style('dark'), onLoggedOut, fetch, client };
}

it('a good answer is ok', async () =>
  expect(await ask(200, '{"a":1}').answer).toEqual({ tag: 'ok', value: { a: 1 } }));
it('an empty good answer is ok too', async () =>
  expect(await ask(204, null).answer).toEqual({ tag: 'ok', value: null }));

it('a problem is refused with its code and words', async () =>
  expect(await ask(403, '{"code":"SCOPE","title":"t","detail":"not yours"}').answer).toEqual({
    tag: 'refused',
    status: 403,
    code: 'SCOPE',
    detail: 'not yours',
  }));
it('words may come as a code with a text', async () =>
  expect(await ask(400, '{"code":"BAD","detail":{"code":"x","text":"say"}}').answer).toMatchObject({
    detail: 'say',
  }));
it('a refusal without a body still is one', async () =>
  expect(await ask(404, '').answer).toEqual({ tag: 'refused', status: 404, code: 'HTTP-404', detail: '' }));

it('a broken server has failed, not refused', async () =>
  expect(await ask(502, '<html>').answer).toEqual({ tag: 'failed', reason: 'server', status: 502 }));
it('what is not JSON is unreadable', async () =>
  expect(await ask(200, '<html>').answer).toEqual({ tag: 'failed', reason: 'unreadable', status: 200 }));
it('no network has failed', async () => {
  const fetch = () => Promise.reject(new TypeError('no route'));
  const client = makeClient({ fetch, language: () => 'zh-CN', onLoggedOut: () => {} });
  expect(await client.surroundings(1, 2, 300)).toEqual({ tag: 'failed', reason: 'network', status: 0 });
});

it('401 ends the login, except where the login itself is asked', async () => {
  const style = ask(401, '{}');
  await style.answer;
  expect(style.onLoggedOut).toHaveBeenCalledTimes(1);
  const session = ask(401, '{}', 'session');
  await session.answer;
  expect(session.onLoggedOut).not.toHaveBeenCalled();
});

it('asks in the language of the desk, with the cookie and nothing else', async () => {
  const { fetch, client } = ask(200, '{}');
  await client.surroundings(120.6, 28, 300);
  expect(fetch).toHaveBeenLastCalledWith('/api/v1/surroundings', {
    method: 'POST',
    headers: { 'accept-language': 'en', 'content-type': 'application/json' },
    credentials: 'same-origin',
    body: '{"lon":120.6,"lat":28,"radius_m":300}',
  });
});
