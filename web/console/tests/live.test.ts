import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveClient, SignedOut, SILENCE_MS } from '../src/live/client';
import { buffer, deltaFrame, header, type Said, snapshotFrame } from './encode';

const car = (no: number, x: number, status = 0): Said => ({ no, x, y: 800, heading: 0, speed: 10, status, flags: 4, fixedAt: 1 });

class FakeSocket {
  binaryType = '';
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  constructor(readonly since: number) {}
  close() {
    this.closed = true;
  }
  say(data: ArrayBuffer) {
    this.onmessage?.({ data });
  }
}

function bench(snapshots: (() => Promise<ArrayBuffer>)[]) {
  const sockets: FakeSocket[] = [];
  let asked = 0;
  const signedOut = vi.fn();
  const client = createLiveClient({
    fetchSnapshot: () => {
      const next = snapshots[Math.min(asked, snapshots.length - 1)]!;
      asked++;
      return next();
    },
    openSocket: (since) => {
      const socket = new FakeSocket(since);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    now: () => Date.now(),
    onSignedOut: signedOut,
  });
  return { client, sockets, asked: () => asked, signedOut };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('the live channel', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes the snapshot and asks for what comes after it', async () => {
    const { client, sockets } = bench([async () => snapshotFrame(41, 1000, [car(7, 8000)])]);
    client.start();
    await settled();
    expect(sockets[0]!.since).toBe(41);
    expect(client.state()).toBe('live');
    sockets[0]!.say(deltaFrame(42, 2000, [car(7, 16_000)], new Map([[7, [1000, 100]]])));
    expect(client.fleet.x[client.fleet.slotOf.get(7)!]).toBe(16_000);
    client.stop();
  });

  it('a gap in the sequence fetches the snapshot anew and never guesses', async () => {
    const { client, sockets, asked } = bench([async () => snapshotFrame(41, 1000, [car(7, 8000)]), async () => snapshotFrame(44, 1000, [car(7, 80_000)])]);
    client.start();
    await settled();
    sockets[0]!.say(deltaFrame(43, 2000, [car(7, 16_000)], new Map()));
    await settled();
    expect(asked()).toBe(2);
    expect(sockets[0]!.closed).toBe(true);
    expect(sockets[1]!.since).toBe(44);
    expect(client.fleet.x[client.fleet.slotOf.get(7)!]).toBe(80_000);
    client.stop();
  });

  it('deltas that the snapshot already covers are passed over', async () => {
    const { client, sockets, asked } = bench([async () => snapshotFrame(41, 1000, [car(7, 8000)])]);
    client.start();
    await settled();
    sockets[0]!.say(deltaFrame(41, 2000, [car(7, 999_992)], new Map()));
    expect(client.fleet.x[client.fleet.slotOf.get(7)!]).toBe(8000);
    expect(asked()).toBe(1);
    client.stop();
  });

  it.each([
    ['a resync', buffer(header(4, 0, 0, 0))],
    ['a frame that is not one', buffer([1, 2, 3])],
  ])('%s fetches the snapshot anew', async (_, frame) => {
    const { client, sockets, asked } = bench([async () => snapshotFrame(41, 1000, [])]);
    client.start();
    await settled();
    sockets[0]!.say(frame);
    await settled();
    expect(asked()).toBe(2);
    client.stop();
  });

  it('comes back by itself after a cut, later each time, and forgets that once it is live', async () => {
    let away = true;
    const { client, sockets, asked } = bench([
      async () => {
        if (away) throw new Error('away');
        return snapshotFrame(1, 1000, []);
      },
    ]);
    client.start();
    await settled();
    expect(client.state()).toBe('waiting');
    const before = asked();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked()).toBeGreaterThan(before + 1);
    expect(asked()).toBeLessThan(before + 6);
    away = false;
    await vi.advanceTimersByTimeAsync(21_000);
    expect(client.state()).toBe('live');
    sockets.at(-1)!.onclose!();
    expect(client.state()).toBe('waiting');
    await vi.advanceTimersByTimeAsync(700);
    expect(client.state()).toBe('live');
    client.stop();
  });

  it('silence is a cut, whatever the socket believes', async () => {
    const { client } = bench([async () => snapshotFrame(1, 1000, []), () => new Promise(() => {})]);
    client.start();
    await settled();
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 1500);
    expect(client.state()).toBe('waiting');
    client.stop();
  });

  it('says so when the session is over, and stops', async () => {
    const { client, signedOut, asked } = bench([() => Promise.reject(new SignedOut())]);
    client.start();
    await settled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signedOut).toHaveBeenCalledOnce();
    expect(asked()).toBe(1);
  });

  it('77,000 vehicles are taken over and a tenth of them moved', async () => {
    vi.useRealTimers();
    const fleet = Array.from({ length: 77_000 }, (_, index) => car(index + 1, index * 8, index % 4));
    const { client, sockets } = bench([async () => snapshotFrame(1, 1000, fleet)]);
    client.start();
    await new Promise((done) => setTimeout(done, 0));
    const last = new Map(fleet.map((one) => [one.no, [one.x >> 3, one.y >> 3] as [number, number]]));
    const frame = deltaFrame(2, 2000, fleet.filter((one) => one.no % 10 === 0).map((one) => ({ ...one, x: one.x + 80 })), last);
    sockets[0]!.say(frame);
    expect(client.fleet.count).toBe(77_000);
    expect(client.fleet.totals).toEqual([19_250, 19_250, 19_250, 19_250]);
    client.stop();
  });
});
