import { type Bounds, hello, type LiveMessage, readMessage, type Since, view } from '../wire/live';
import { backoff_ms } from './backoff';

/** A connection that says nothing for this long is dead, whatever the socket believes: heartbeats come every 5 s. */
const SILENT_MS = 20_000;

export type LinkState = 'off' | 'connecting' | 'open' | 'waiting';

/** The part of a WebSocket this link needs, so that a test can stand in for it. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkOptions {
  open: () => Socket;
  bounds: () => Bounds | null;
  /** The last event that the page has: who comes back misses nothing. Left out by pages that show none. */
  since?: () => Since;
  /** The wall that this page is, if it is one. */
  wall?: string;
  /** How often positions are wanted at most; left out by pages that draw them. */
  max_hz?: number;
  onMessage: (message: LiveMessage) => void;
  onState: (state: LinkState) => void;
  /** A try ended without ever having opened: the login may have ended, which a browser does not tell. */
  onRefused: () => void;
  chance: () => number;
}

export interface Link {
  start(): void;
  stop(): void;
  moved(bounds: Bounds): void;
}

/** Keeps one live socket open: starts again after a loss with growing, spread pauses, and says how it stands. */
export function makeLink(options: LinkOptions): Link {
  let wanted = false;
  let socket: Socket | null = null;
  let tries = 0;
  let opened = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    options.onState('connecting');
    opened = false;
    const mine = options.open();
    socket = mine;
    watch();
    mine.onopen = () => {
      opened = true;
      mine.send(hello(options.bounds(), options.since?.(), options));
    };
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      watch();
      const message = readMessage(event.data);
      if (message === null) return;
      if (message.t === 'snapshot') {
        tries = 0;
        options.onState('open');
      }
      options.onMessage(message);
    };
    mine.onclose = () => {
      if (socket === mine) lost();
    };
  }

  function watch(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const dead = socket;
      lost();
      dead?.close();
    }, SILENT_MS);
  }

  function lost(): void {
    clearTimeout(timer);
    socket = null;
    if (!wanted) return;
    options.onState('waiting');
    if (!opened) options.onRefused();
    if (!wanted) return;
    timer = setTimeout(connect, backoff_ms(tries, options.chance()));
    tries += 1;
  }

  return {
    start() {
      if (wanted) return;
      wanted = true;
      tries = 0;
      connect();
    },
    stop() {
      wanted = false;
      clearTimeout(timer);
      const last = socket;
      socket = null;
      last?.close();
      options.onState('off');
    },
    moved(bounds) {
      if (socket !== null && opened) socket.send(view(bounds));
    },
  };
}
