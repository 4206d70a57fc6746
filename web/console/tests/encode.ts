/** A test's own encoder of live frames, written from the format and not from the decoder. */

export interface Said {
  no: number;
  x: number;
  y: number;
  heading: number;
  speed: number;
  status: number;
  flags: number;
  fixedAt: number;
}

export function header(kind: number, seq: number, timeMs: number, count: number): number[] {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x504d, true);
  view.setUint8(2, 1);
  view.setUint8(3, kind);
  view.setBigUint64(4, BigInt(seq), true);
  view.setBigUint64(12, BigInt(timeMs), true);
  view.setUint32(20, count, true);
  return [...bytes];
}

export function buffer(bytes: number[]): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

export function snapshotFrame(seq: number, timeMs: number, rows: Said[]): ArrayBuffer {
  const out = new Uint8Array(24 + rows.length * 20);
  out.set(header(1, seq, timeMs, rows.length));
  const view = new DataView(out.buffer);
  rows.forEach((row, index) => {
    const at = 24 + index * 20;
    view.setUint32(at, row.no, true);
    view.setInt32(at + 4, row.x, true);
    view.setInt32(at + 8, row.y, true);
    out.set([row.heading, row.speed, row.status, row.flags], at + 12);
    view.setUint32(at + 16, row.fixedAt, true);
  });
  return out.buffer;
}

export function varint(value: number): number[] {
  let rest = BigInt(value);
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return bytes;
}

export function zigzag(value: number): number[] {
  const wide = BigInt(value);
  return varint(Number(wide >= 0n ? wide * 2n : -wide * 2n - 1n));
}

/** `last` is what the stream last said of each vehicle, by number; it is brought up to date. */
export function deltaFrame(seq: number, timeMs: number, rows: Said[], last: Map<number, [number, number]>): ArrayBuffer {
  const bytes = header(2, seq, timeMs, rows.length);
  let previous = 0;
  for (const row of [...rows].sort((a, b) => a.no - b.no)) {
    const [x, y] = last.get(row.no) ?? [0, 0];
    const now: [number, number] = [row.x >> 3, row.y >> 3];
    last.set(row.no, now);
    bytes.push(...varint(row.no - previous), ...zigzag(now[0] - x), ...zigzag(now[1] - y));
    bytes.push(row.heading, row.speed, row.status, row.flags);
    bytes.push(...varint(Math.max(0, Math.floor(timeMs / 1000) - row.fixedAt)));
    previous = row.no;
  }
  return buffer(bytes);
}
