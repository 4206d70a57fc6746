import { describe, expect, it } from 'vitest';
import { applyDelta, applySnapshot, drawnAt, newFleet } from '../src/live/fleet';
import { FrameError, readFrame } from '../src/live/frames';
import { buffer, deltaFrame, header, type Said, snapshotFrame } from './encode';

const TIME = 1_790_000_000_123;

function bytes(hex: string): ArrayBuffer {
  return buffer(hex.replaceAll(/\s+/g, '').match(/../g)!.map((pair) => parseInt(pair, 16)));
}

describe('a snapshot', () => {
  it('is read byte by byte as the format says', () => {
    // magic 504D, version 1, kind 1, seq 7, time 1 000 000 ms, one vehicle: no 258, x 1, y -2, heading 64, speed 50, faulty, flags 12, fixed at 1000.
    const frame = readFrame(
      bytes('4d50 01 01 0700000000000000 40420f0000000000 01000000  02010000 01000000 feffffff 40 32 03 0c e8030000'),
    );
    expect(frame?.kind).toBe('snapshot');
    if (frame?.kind !== 'snapshot') return;
    expect(frame.header).toEqual({ kind: 1, seq: 7, serverTimeMs: 1_000_000, count: 1 });
    const { rows } = frame;
    expect([rows.no[0], rows.x[0], rows.y[0], rows.heading[0], rows.speed[0], rows.status[0], rows.flags[0], rows.fixedAt[0]]).toEqual([
      258, 1, -2, 64, 50, 3, 12, 1000,
    ]);
  });

  it('of no vehicles is fine', () => {
    const frame = readFrame(snapshotFrame(1, TIME, []));
    expect(frame?.kind === 'snapshot' && frame.rows.count).toBe(0);
  });
});

describe('a delta', () => {
  it('is read byte by byte as the format says', () => {
    // Two vehicles: no 5 (dx +1, dy -1, age 3 s) and no 5+300 (dx +64 = 128 = 0x80 0x01, dy 0, age 200 s).
    const frame = readFrame(
      bytes('4d50 01 02 0800000000000000 40420f0000000000 02000000  05 02 01 10 20 00 0c 03  ac02 8001 00 ff 00 02 04 c801'),
    );
    expect(frame?.kind).toBe('delta');
    if (frame?.kind !== 'delta') return;
    expect([...frame.rows.no]).toEqual([5, 305]);
    expect([...frame.rows.x]).toEqual([1, 64]);
    expect([...frame.rows.y]).toEqual([-1, 0]);
    expect([...frame.rows.heading]).toEqual([16, 255]);
    expect([...frame.rows.fixedAt]).toEqual([997, 800]);
  });

  it('carries the widest difference there is', () => {
    const last = new Map<number, [number, number]>();
    const said: Said = { no: 4_294_967_295, x: -(2 ** 31), y: 2 ** 31 - 8, heading: 0, speed: 0, status: 0, flags: 4, fixedAt: 0 };
    const frame = readFrame(deltaFrame(1, TIME, [said], last));
    if (frame?.kind !== 'delta') throw new Error('not a delta');
    expect([frame.rows.no[0], frame.rows.x[0], frame.rows.y[0]]).toEqual([4_294_967_295, -(2 ** 28), 2 ** 28 - 1]);
  });

  it.each([
    ['a cut record', '4d50 01 02 0800000000000000 40420f0000000000 01000000  05 02 01 10 20 00 0c 83'],
    ['bytes left over', '4d50 01 02 0800000000000000 40420f0000000000 01000000  05 02 01 10 20 00 0c 03 00'],
    ['a count that cannot fit', '4d50 01 02 0800000000000000 40420f0000000000 ffffffff  05 02 01 10 20 00 0c 03'],
    ['another magic', '4d51 01 02 0800000000000000 40420f0000000000 00000000'],
    ['another version', '4d50 02 02 0800000000000000 40420f0000000000 00000000'],
    ['half a header', '4d50 01'],
  ])('with %s is refused', (_, hex) => {
    expect(() => readFrame(bytes(hex))).toThrow(FrameError);
  });
});

describe('other frames', () => {
  it('a note is its JSON, in Chinese too', () => {
    const text = new TextEncoder().encode('{"type":"vehicle_event","plate":"浙A0001警"}');
    const frame = readFrame(buffer([...header(3, 9, TIME, text.length), ...text]));
    expect(frame?.kind === 'note' && frame.note).toEqual({ type: 'vehicle_event', plate: '浙A0001警' });
  });
  it('a resync is known, a kind of the future is passed over', () => {
    expect(readFrame(buffer(header(4, 9, TIME, 0)))?.kind).toBe('resync');
    expect(readFrame(buffer(header(9, 9, TIME, 0)))).toBeNull();
  });
});

/** A small generator with a seed, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('random streams', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))('seed %i: the fleet is what the server said', (seed) => {
    const next = random(seed);
    const int = (below: number) => Math.floor(next() * below);
    const truth = new Map<number, Said>();
    const say = (no: number): Said => ({
      no,
      x: int(2 ** 31),
      y: int(2 ** 31),
      heading: int(256),
      speed: int(256),
      status: int(4),
      flags: 4 | int(16),
      fixedAt: Math.floor(TIME / 1000) - int(100_000),
    });
    for (let index = 0; index < int(200); index++) {
      const said = say(int(100_000));
      truth.set(said.no, said);
    }
    const last = new Map<number, [number, number]>();
    for (const said of truth.values()) last.set(said.no, [said.x >> 3, said.y >> 3]);
    const fleet = newFleet(4);
    const first = readFrame(snapshotFrame(100, TIME, [...truth.values()]));
    if (first?.kind !== 'snapshot') throw new Error('not a snapshot');
    applySnapshot(fleet, first.rows, 0);
    for (let tick = 1; tick <= 10; tick++) {
      const some = new Map<number, Said>();
      for (let index = 0; index < int(60); index++) {
        const known = [...truth.keys()];
        const said = say(known.length > 0 && next() < 0.8 ? known[int(known.length)]! : int(100_000));
        some.set(said.no, said);
        truth.set(said.no, said);
      }
      const frame = readFrame(deltaFrame(100 + tick, TIME + tick * 1000, [...some.values()], last));
      if (frame?.kind !== 'delta') throw new Error('not a delta');
      applyDelta(fleet, frame.rows, tick * 1000);
    }
    expect(fleet.count).toBe(truth.size);
    const totals = [0, 0, 0, 0];
    for (const said of truth.values()) {
      const slot = fleet.slotOf.get(said.no)!;
      totals[said.status]!++;
      expect([fleet.x[slot], fleet.y[slot]]).toEqual([(said.x >> 3) << 3, (said.y >> 3) << 3]);
      expect([fleet.heading[slot], fleet.speed[slot], fleet.status[slot], fleet.flags[slot], fleet.fixedAt[slot]]).toEqual([
        said.heading,
        said.speed,
        said.status,
        said.flags,
        said.fixedAt,
      ]);
      expect(drawnAt(fleet, slot, 1e9)).toEqual([fleet.x[slot], fleet.y[slot]]);
    }
    expect(fleet.totals).toEqual(totals);
  });
});
