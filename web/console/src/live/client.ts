/**
 * The live channel (实时通道): a snapshot, then deltas over one WebSocket; a gap in the sequence fetches the snapshot anew.
 * Reconnects by itself, a little later each time.
 */

import { applyDelta, applySnapshot, type Fleet, newFleet } from './fleet';
import { FrameError, readFrame } from './frames';

export type LiveState = 'connecting' | 'live' | 'waiting';

export interface LiveParts {
  fetchSnapshot: (signal: AbortSignal) => Promise<ArrayBuffer>;
  openSocket: (since: number) => WebSocket;
  /** Milliseconds of the page's clock; only differences matter. */
  now: () => number;
  /** Called when the server no longer knows the session. */
  onSignedOut: () => void;
}

/** `slots` are the vehicles that changed; `null` means all of them. */
export type FleetListener = (slots: Uint32Array | null) => void;
export type NoteListener = (note: unknown) => void;

export interface LiveClient {
  fleet: Fleet;
  state: () => LiveState;
  /** When the last frame came, by the page's clock; 0 before the first. */
  lastFrameAt: () => number;
  /** Server time less the page's wall clock, ms. */
  skewMs: () => number;
  onFleet: (listener: FleetListener) => () => void;
  onState: (listener: () => void) => () => void;
  onNote: (listener: NoteListener) => () => void;
  retryNow: () => void;
  start: () => void;
  stop: () => void;
}

/** A heartbeat comes every 5 s at the least; twice that and a little is silence. */
export const SILENCE_MS = 12_000;
const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000, 15_000];

export class SignedOut extends Error {}

export function createLiveClient(parts: LiveParts): LiveClient {
  const fleet = newFleet();
  const fleetListeners = new Set<FleetListener>();
  const stateListeners = new Set<() => void>();
  const noteListeners = new Set<NoteListener>();
  let state: LiveState = 'connecting';
  let socket: WebSocket | null = null;
  let abort: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setInterval> | undefined;
  let seq = -1;
  let failures = 0;
  let frameAt = 0;
  let skew = 0;
  let running = false;

  const setState = (next: LiveState) => {
    if (next === state) return;
    state = next;
    for (const listener of stateListeners) listener();
  };
  const tellFleet = (slots: Uint32Array | null) => {
    for (const listener of fleetListeners) listener(slots);
  };
  const heard = (serverTimeMs: number) => {
    frameAt = parts.now();
    skew = serverTimeMs - Date.now();
    failures = 0;
    setState('live');
  };

  const drop = () => {
    abort?.abort();
    abort = null;
    clearTimeout(timer);
    const old = socket;
    socket = null;
    old?.close();
  };
  const retryLater = () => {
    if (!running) return;
    drop();
    setState('waiting');
    const wait = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]!;
    failures++;
    // Up to a third later, so that a hundred consoles do not come back in the same instant.
    timer = setTimeout(connect, wait * (1 + Math.random() / 3));
  };

  async function connect() {
    drop();
    const mine = new AbortController();
    abort = mine;
    try {
      const frame = readFrame(await parts.fetchSnapshot(mine.signal));
      if (mine.signal.aborted) return;
      if (frame?.kind !== 'snapshot') throw new FrameError('the snapshot is not one');
      applySnapshot(fleet, frame.rows, parts.now());
      seq = frame.header.seq;
      heard(frame.header.serverTimeMs);
      tellFleet(null);
      listen(seq);
    } catch (error) {
      if (mine.signal.aborted) return;
      if (error instanceof SignedOut) {
        stop();
        parts.onSignedOut();
        return;
      }
      retryLater();
    }
  }

  function listen(since: number) {
    const mine = parts.openSocket(since);
    mine.binaryType = 'arraybuffer';
    socket = mine;
    mine.onmessage = (event: MessageEvent) => {
      if (socket !== mine || !(event.data instanceof ArrayBuffer)) return;
      try {
        take(event.data);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        void connect();
      }
    };
    mine.onclose = () => {
      if (socket === mine) retryLater();
    };
  }

  function take(data: ArrayBuffer) {
    const frame = readFrame(data);
    if (!frame) return;
    switch (frame.kind) {
      case 'snapshot':
        applySnapshot(fleet, frame.rows, parts.now());
        seq = frame.header.seq;
        heard(frame.header.serverTimeMs);
        return tellFleet(null);
      case 'delta': {
        // A delta that the snapshot already covers is old news; one too far ahead means that something was missed.
        if (frame.header.seq <= seq) return heard(frame.header.serverTimeMs);
        if (frame.header.seq !== seq + 1) return void connect();
        seq = frame.header.seq;
        const slots = applyDelta(fleet, frame.rows, parts.now());
        heard(frame.header.serverTimeMs);
        if (slots.length > 0) tellFleet(slots);
        return;
      }
      case 'note':
        for (const listener of noteListeners) listener(frame.note);
        return;
      case 'resync':
        return void connect();
    }
  }

  function start() {
    if (running) return;
    running = true;
    void connect();
    watchdog = setInterval(() => {
      if (state === 'live' && parts.now() - frameAt > SILENCE_MS) retryLater();
    }, 1000);
  }

  function stop() {
    running = false;
    clearInterval(watchdog);
    drop();
  }

  const subscribe =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return () => void set.delete(listener);
    };

  return {
    fleet,
    state: () => state,
    lastFrameAt: () => frameAt,
    skewMs: () => skew,
    onFleet: subscribe(fleetListeners),
    onState: subscribe(stateListeners),
    onNote: subscribe(noteListeners),
    retryNow: () => {
      failures = 0;
      if (running && state !== 'live') void connect();
    },
    start,
    stop,
  };
}
