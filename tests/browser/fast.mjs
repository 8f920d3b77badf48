/**
 * A page whose clock runs `pace` times as fast, and a live socket that keeps up with it. To be run in the page before
 * anything of it.
 *
 * `Date`, `setTimeout` and `setInterval` are faster; frames are drawn as fast as the machine can. What the server says
 * on the live socket has its times moved onto the fast clock. What a server would say in the seconds between — a move of
 * every unit each second, a heartbeat each five — is said here. `leak_mb_h` is a leak that is planted: so many megabytes
 * an hour of the page's clock are kept for ever.
 */
export function runFast({ pace, leak_mb_h }) {
  const real = { Date, WebSocket, setTimeout: window.setTimeout, setInterval: window.setInterval, canvas: HTMLCanvasElement.prototype.getContext };
  const begun = Date.now();
  const fast = (ms) => (ms <= begun ? ms : begun + (ms - begun) * pace);
  const now = () => fast(real.Date.now());
  const told = { ticks: 0, heartbeats: 0, messages: 0, contexts: 0 };
  window.__fast = { told, hours: () => (now() - begun) / 3_600_000 };

  window.Date = class extends real.Date {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }
    static now() {
      return now();
    }
  };
  for (const name of ['setTimeout', 'setInterval']) window[name] = (run, ms = 0, ...rest) => real[name].call(window, run, ms / pace, ...rest);

  const canvases = new WeakSet();
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = real.canvas.call(this, kind, ...rest);
    if (context !== null && String(kind).startsWith('webgl') && !canvases.has(this)) {
      canvases.add(this);
      told.contexts += 1;
    }
    return context;
  };

  /** The text with its moments on the fast clock. */
  const moved = (text) => text.replace(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_, at) => JSON.stringify(new real.Date(fast(real.Date.parse(at))).toISOString()));

  /** One live socket: what came, on the fast clock, and what would have come between. */
  class LiveSocket {
    constructor(url) {
      /** Where each unit was said to be last, by its number. */
      const rows = new Map();
      const socket = new real.WebSocket(url);
      const say = (text) => this.onmessage?.({ data: text });
      const tick = real.setInterval.call(window, () => {
        if (rows.size === 0) return;
        const at = now();
        const drift = Math.round(200 * Math.sin(at / 60_000));
        say(JSON.stringify({ t: 'positions', now: new real.Date(at).toISOString(), moved: [...rows.values()].map(([n, lon, lat, , ...rest]) => [n, lon + drift, lat, at, ...rest]) }));
        told.ticks += 1;
      }, 1000 / pace);
      // From the beginning: a link that takes half a second to open would be half a minute silent on the fast clock.
      const beat = real.setInterval.call(window, () => {
        say(JSON.stringify({ t: 'heartbeat', now: new real.Date(now()).toISOString() }));
        told.heartbeats += 1;
      }, 5000 / pace);
      socket.onopen = () => this.onopen?.();
      socket.onclose = () => {
        for (const timer of [tick, beat]) clearInterval(timer);
        this.onclose?.();
      };
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        for (const { n, lon, lat, heading_deg, speed_mps, accuracy_m } of message.t === 'snapshot' || message.t === 'units' ? message.units : [])
          if (lon !== null) rows.set(n, [n, Math.round(lon * 1e6), Math.round(lat * 1e6), 0, heading_deg, speed_mps && Math.round(speed_mps * 10), accuracy_m]);
        for (const row of message.t === 'positions' ? message.moved : []) {
          row[3] = fast(row[3]);
          rows.set(row[0], row);
        }
        for (const n of message.t === 'gone' ? message.units : []) rows.delete(n);
        told.messages += 1;
        say(moved(message.t === 'positions' ? JSON.stringify(message) : data));
      };
      this.send = (text) => socket.send(text);
      this.close = () => socket.close();
    }
  }
  window.WebSocket = new Proxy(real.WebSocket, {
    construct: (Real, [url, ...rest]) => (String(url).endsWith('/api/v1/live') ? new LiveSocket(url) : new Real(url, ...rest)),
  });

  if (leak_mb_h > 0) {
    const kept = [];
    const numbers = Math.round((leak_mb_h * 1e6) / 3600 / 8);
    // By the clock, not by the turn: a machine that comes late to its turns leaks as much.
    const keep = () => {
      while (kept.length < (now() - begun) / 1000) kept.push(new Array(numbers).fill(kept.length + 0.5));
    };
    real.setInterval.call(window, keep, 1000 / pace);
    window.__fast.kept = kept;
  }
}
