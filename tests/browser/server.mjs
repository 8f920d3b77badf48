// A demo to look at: the one at ONEMAP_URL, else one of our own on a folder that goes with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 180_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

export async function demo() {
  const password = process.env.ONEMAP_DEMO_PASSWORD ?? 'a-password-of-the-tests-0571';
  const given = process.env.ONEMAP_URL;
  if (given) return { url: given.replace(/\/$/, ''), password, stop: async () => {} };

  const binary = process.env.ONEMAP_BIN ?? join(root, 'target/release/onemap');
  if (!existsSync(binary)) throw new Error(`no binary at ${binary}: run make build first`);
  const folder = mkdtempSync(join(tmpdir(), 'onemap-browser-'));
  const [said, log] = [join(folder, 'stdout.log'), join(folder, 'stderr.log')];
  const words = ['demo', '--listen', '127.0.0.1:0', '--data', join(folder, 'data')];
  // No camera has a stream until a journey writes one into this file.
  const streams = join(folder, 'streams.toml');
  writeFileSync(streams, '[cameras]\n', { mode: 0o600 });
  const env = { ...process.env, ONEMAP_DEMO_PASSWORD: password, ONEMAP_VIDEO_SOURCES: streams };
  const child = spawn(binary, words, { env, stdio: ['ignore', openSync(said, 'w'), openSync(log, 'w')] });
  const ended = once(child, 'exit');

  const url = await ready(child, said, log);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    const bad = readFileSync(log, 'utf8').split('\n').filter((line) => /ERROR|panicked at/.test(line));
    rmSync(folder, { recursive: true, force: true });
    if (bad.length > 0) throw new Error(`the server's log holds errors:\n${bad.join('\n')}`);
  };
  return { url, password, streams, stop };
}

async function ready(child, said, log) {
  const begun = Date.now();
  while (Date.now() - begun < READY_WITHIN_MS) {
    if (child.exitCode !== null) break;
    const url = /listening on (http:\/\/\S+)\s/.exec(readFileSync(said, 'utf8'))?.[1].replace(/\/$/, '');
    if (url && (await fetch(`${url}/readyz`).catch(() => null))?.ok) return url;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`the demo did not become ready:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}
