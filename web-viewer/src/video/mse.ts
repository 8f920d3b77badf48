/** Plays a camera's socket in a `<video>`: fragments of MP4 through Media Source Extensions, kept at the live edge. */
import { readClock, readTimescale, readVideoMessage, type VideoMessage } from '../wire/video';
import { clockAt, follow, forget, type Range } from './edge';

/** Fragments that wait to be taken in; more means that this browser cannot follow, and it begins anew. */
const MOST_WAITING = 400;
/** Clocks of the last pictures that are kept. */
const MOST_CLOCKS = 500;

export interface PlayerOptions {
  video: HTMLVideoElement;
  /** Path of the socket. */
  path: string;
  onMessage: (message: VideoMessage) => void;
  /** A picture was put on the screen: when it came in at the server, by the server's clock, as far as that is known. */
  onShown: (at_ms: number | null) => void;
  /** This browser does not play that. */
  onCodec: (codec: string) => void;
  /** It is over: the reason that the server gave, or null when the link broke. */
  onEnd: (reason: string | null) => void;
}

export interface Player {
  close(): void;
}

export function play(options: PlayerOptions): Player {
  const { video } = options;
  const socket = new WebSocket(new URL(options.path, location.href.replace(/^http/, 'ws')));
  socket.binaryType = 'arraybuffer';
  let stream: Stream | null = null;
  let codec: string | null = null;
  let reason: string | null = null;
  let over = false;

  function end(): void {
    if (over) return;
    over = true;
    stream?.close();
    socket.close();
    options.onEnd(reason);
  }

  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (over) return;
    if (typeof data !== 'string') {
      if (codec === null) stream?.push(data);
      else {
        stream?.close();
        stream = makeStream(options, codec, data, end);
        codec = null;
      }
      return;
    }
    const message = readVideoMessage(data);
    if (message === null) return;
    if (message.t === 'head') codec = message.codec;
    if (message.t === 'bye') reason = message.reason;
    options.onMessage(message);
  };
  socket.onclose = end;

  const watch = (_now: number, shown: VideoFrameCallbackMetadata) => {
    if (over) return;
    options.onShown(stream?.clock(shown.mediaTime) ?? null);
    video.requestVideoFrameCallback(watch);
  };
  video.requestVideoFrameCallback(watch);

  return {
    close() {
      over = true;
      stream?.close();
      socket.close();
    },
  };
}

interface Stream {
  push(fragment: ArrayBuffer): void;
  clock(media_s: number): number | null;
  close(): void;
}

/** One stream from its head on. What the browser does not take ends it: the next one begins with a head of its own. */
function makeStream(options: PlayerOptions, codec: string, head: ArrayBuffer, onBroken: () => void): Stream {
  const { video } = options;
  const type = `video/mp4; codecs="${codec}"`;
  if (!('MediaSource' in window) || !MediaSource.isTypeSupported(type)) {
    options.onCodec(codec);
    return { push() {}, clock: () => null, close() {} };
  }
  const timescale = readTimescale(head);
  const source = new MediaSource();
  const address = URL.createObjectURL(source);
  const waiting: ArrayBuffer[] = [head];
  let clocks: { media_s: number; at_ms: number }[] = [];
  let buffer: SourceBuffer | null = null;
  let over = false;

  source.addEventListener('sourceopen', () => {
    if (over) return;
    buffer = source.addSourceBuffer(type);
    buffer.addEventListener('updateend', step);
    step();
  });
  video.src = address;

  function ranges(): Range[] {
    const { buffered } = buffer as SourceBuffer;
    return Array.from({ length: buffered.length }, (_, n) => [buffered.start(n), buffered.end(n)] as const);
  }

  function step(): void {
    if (over || buffer === null || buffer.updating || source.readyState !== 'open') return;
    try {
      stay();
      const done = forget(ranges(), video.currentTime);
      const next = waiting.shift();
      if (next !== undefined) buffer.appendBuffer(next);
      else if (done !== null) buffer.remove(0, done);
    } catch {
      onBroken();
    }
  }

  function stay(): void {
    const next = follow(ranges(), video.currentTime);
    if (next.tag === 'seek') video.currentTime = next.to;
    else if (video.playbackRate !== next.rate) video.playbackRate = next.rate;
    // A tab may refuse to play before it was touched; the next picture tries again.
    if (video.paused) video.play().catch(() => {});
  }

  return {
    push(fragment) {
      const clock = readClock(fragment);
      if (clock !== null) clocks.push({ media_s: clock.ticks / timescale, at_ms: clock.at_ms });
      if (clocks.length > MOST_CLOCKS) clocks = clocks.slice(-MOST_CLOCKS / 2);
      waiting.push(fragment);
      if (waiting.length > MOST_WAITING) onBroken();
      else step();
    },
    clock: (media_s) => clockAt(clocks, media_s),
    close() {
      over = true;
      waiting.length = 0;
      URL.revokeObjectURL(address);
    },
  };
}
