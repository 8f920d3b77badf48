// Cameras that speak RTSP: tests/cameras/camera.py, as the tests in Rust use them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../cameras/camera.py', import.meta.url));

/** Starts them, on the ports that are given or on free ones. */
export async function cameras(ports = []) {
  const child = spawn('/usr/bin/python3', [script, ...ports.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const found = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^(?:listening|locked) on \S+:(\d+)$/.exec(line)?.[1];
    if (port) found.push(Number(port));
    if (found.length === 2) break;
  }
  if (found.length < 2) throw new Error('the cameras did not start: scripts/setup-test.sh installs what they need');
  child.stdout.resume();
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { ports: found, url: (path) => `rtsp://127.0.0.1:${found[0]}/${path}`, kill };
}
