/** Live frames (实时帧): the binary words of `/api/v1/live`, read into plain typed arrays. Little endian throughout. */

export const MAGIC = 0x504d;
export const VERSION = 1;
export const HEADER_BYTES = 24;
export const SNAPSHOT_RECORD_BYTES = 20;

export const KIND = { snapshot: 1, delta: 2, note: 3, resync: 4 } as const;

export const FLAG = { ignition: 1, charging: 2, hasPosition: 4, headingKnown: 8 } as const;

/** What a frame says of some vehicles; one row an index, the same in every column. */
export interface Rows {
  count: number;
  no: Uint32Array;
  /** Web-Mercator 0..1 × 2^31 in a snapshot; the difference in units of 8 in a delta. */
  x: Int32Array;
  y: Int32Array;
  heading: Uint8Array;
  speed: Uint8Array;
  status: Uint8Array;
  flags: Uint8Array;
  /** Unix seconds. */
  fixedAt: Uint32Array;
}

export interface Header {
  kind: number;
  seq: number;
  serverTimeMs: number;
  count: number;
}

export type Frame =
  | { kind: 'snapshot'; header: Header; rows: Rows }
  | { kind: 'delta'; header: Header; rows: Rows }
  | { kind: 'note'; header: Header; note: unknown }
  | { kind: 'resync'; header: Header };

/** A frame that is not what the format says; the caller fetches a fresh snapshot. */
export class FrameError extends Error {}

/** Reads one frame; a frame of an unknown kind is `null`, so that a newer server may say more. */
export function readFrame(buffer: ArrayBuffer): Frame | null {
  const view = new DataView(buffer);
  const header = readHeader(view);
  switch (header.kind) {
    case KIND.snapshot:
      return { kind: 'snapshot', header, rows: readSnapshot(view, header.count) };
    case KIND.delta:
      return { kind: 'delta', header, rows: readDelta(view, header) };
    case KIND.note:
      return { kind: 'note', header, note: readNote(buffer, header.count) };
    case KIND.resync:
      return { kind: 'resync', header };
    default:
      return null;
  }
}

function readHeader(view: DataView): Header {
  if (view.byteLength < HEADER_BYTES) throw new FrameError('frame is shorter than its header');
  if (view.getUint16(0, true) !== MAGIC) throw new FrameError('not a live frame');
  if (view.getUint8(2) !== VERSION) throw new FrameError(`frame version ${view.getUint8(2)} is not known`);
  return {
    kind: view.getUint8(3),
    // 2^53 ticks of one second outlast the service.
    seq: Number(view.getBigUint64(4, true)),
    serverTimeMs: Number(view.getBigUint64(12, true)),
    count: view.getUint32(20, true),
  };
}

export function emptyRows(count: number): Rows {
  return {
    count,
    no: new Uint32Array(count),
    x: new Int32Array(count),
    y: new Int32Array(count),
    heading: new Uint8Array(count),
    speed: new Uint8Array(count),
    status: new Uint8Array(count),
    flags: new Uint8Array(count),
    fixedAt: new Uint32Array(count),
  };
}

function readSnapshot(view: DataView, count: number): Rows {
  if (view.byteLength !== HEADER_BYTES + count * SNAPSHOT_RECORD_BYTES) throw new FrameError('snapshot is cut short');
  const rows = emptyRows(count);
  for (let row = 0, at = HEADER_BYTES; row < count; row++, at += SNAPSHOT_RECORD_BYTES) {
    rows.no[row] = view.getUint32(at, true);
    rows.x[row] = view.getInt32(at + 4, true);
    rows.y[row] = view.getInt32(at + 8, true);
    rows.heading[row] = view.getUint8(at + 12);
    rows.speed[row] = view.getUint8(at + 13);
    rows.status[row] = view.getUint8(at + 14);
    rows.flags[row] = view.getUint8(at + 15);
    rows.fixedAt[row] = view.getUint32(at + 16, true);
  }
  return rows;
}

function readDelta(view: DataView, header: Header): Rows {
  const { count } = header;
  // The shortest record has eight bytes: a count that cannot fit is a lie, not a reason to allocate.
  if (count * 8 > view.byteLength - HEADER_BYTES) throw new FrameError('delta is cut short');
  const rows = emptyRows(count);
  const cursor = { view, at: HEADER_BYTES };
  const serverSeconds = Math.floor(header.serverTimeMs / 1000);
  let no = 0;
  for (let row = 0; row < count; row++) {
    no += readVarint(cursor);
    rows.no[row] = no;
    rows.x[row] = readZigzag(cursor);
    rows.y[row] = readZigzag(cursor);
    rows.heading[row] = readByte(cursor);
    rows.speed[row] = readByte(cursor);
    rows.status[row] = readByte(cursor);
    rows.flags[row] = readByte(cursor);
    rows.fixedAt[row] = Math.max(0, serverSeconds - readVarint(cursor));
  }
  if (cursor.at !== view.byteLength) throw new FrameError('delta has bytes left over');
  return rows;
}

interface Cursor {
  view: DataView;
  at: number;
}

function readByte(cursor: Cursor): number {
  if (cursor.at >= cursor.view.byteLength) throw new FrameError('frame ends inside a record');
  return cursor.view.getUint8(cursor.at++);
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  for (let byte = 0; byte < 10; byte++) {
    const next = readByte(cursor);
    // Multiplied, not shifted: a shift of JavaScript is 32 bits wide.
    value += (next & 0x7f) * scale;
    if (next < 0x80) return value;
    scale *= 128;
  }
  throw new FrameError('varint is too long');
}

function readZigzag(cursor: Cursor): number {
  const value = readVarint(cursor);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function readNote(buffer: ArrayBuffer, length: number): unknown {
  if (buffer.byteLength !== HEADER_BYTES + length) throw new FrameError('note is cut short');
  try {
    return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, HEADER_BYTES, length)));
  } catch (cause) {
    throw new FrameError('note is not JSON', { cause });
  }
}
