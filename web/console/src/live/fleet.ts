/**
 * The live fleet (实时车队): every vehicle's last word in typed arrays, one slot a vehicle.
 * Nothing here is React state: 77,000 vehicles change faster than components can render.
 */

import { FLAG, type Rows } from './frames';

export const STATUSES = ['running', 'still', 'offline', 'faulty'] as const;
export type Status = (typeof STATUSES)[number];

/** A vehicle whose known position jumps farther than this is put there, not driven there (Mercator units, some 3 km). */
const JUMP = 200_000;
const GROWTH = 1024;

export interface Fleet {
  count: number;
  capacity: number;
  slotOf: Map<number, number>;
  no: Uint32Array;
  x: Int32Array;
  y: Int32Array;
  /** Where the vehicle was drawn when its newest position came, and when that was (ms of the page's clock). */
  fromX: Int32Array;
  fromY: Int32Array;
  changedAt: Float64Array;
  /** How long the drawn vehicle takes from there to here, ms. */
  glide: Float32Array;
  heading: Uint8Array;
  speed: Uint8Array;
  status: Uint8Array;
  flags: Uint8Array;
  fixedAt: Uint32Array;
  /** Vehicles by status, in the order of `STATUSES`. */
  totals: number[];
}

export function newFleet(capacity = GROWTH): Fleet {
  return {
    count: 0,
    capacity,
    slotOf: new Map(),
    no: new Uint32Array(capacity),
    x: new Int32Array(capacity),
    y: new Int32Array(capacity),
    fromX: new Int32Array(capacity),
    fromY: new Int32Array(capacity),
    changedAt: new Float64Array(capacity),
    glide: new Float32Array(capacity),
    heading: new Uint8Array(capacity),
    speed: new Uint8Array(capacity),
    status: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
    fixedAt: new Uint32Array(capacity),
    totals: [0, 0, 0, 0],
  };
}

/** Takes a snapshot over: vehicles it does not name are gone. Positions lose their low three bits, as deltas never speak of them. */
export function applySnapshot(fleet: Fleet, rows: Rows, now: number): void {
  const before = fleet.slotOf;
  const old = before.size > 0 ? { ...fleet } : null;
  Object.assign(fleet, newFleet(Math.max(GROWTH, rows.count)));
  for (let row = 0; row < rows.count; row++) {
    const slot = takeSlot(fleet, rows.no[row]!);
    const x = trim(rows.x[row]!);
    const y = trim(rows.y[row]!);
    const was = old ? before.get(rows.no[row]!) : undefined;
    // A vehicle that stood on the screen before a reconnection keeps gliding from where it was drawn.
    if (old && was !== undefined) {
      fleet.x[slot] = old.x[was]!;
      fleet.y[slot] = old.y[was]!;
      fleet.fromX[slot] = old.fromX[was]!;
      fleet.fromY[slot] = old.fromY[was]!;
      fleet.changedAt[slot] = old.changedAt[was]!;
      fleet.glide[slot] = old.glide[was]!;
      fleet.flags[slot] = old.flags[was]!;
      moveTo(fleet, slot, x, y, now);
    } else {
      fleet.x[slot] = fleet.fromX[slot] = x;
      fleet.y[slot] = fleet.fromY[slot] = y;
      fleet.changedAt[slot] = now;
    }
    describe(fleet, slot, rows, row);
  }
  countTotals(fleet);
}

/** Adds what a delta says; returns the slots it touched. */
export function applyDelta(fleet: Fleet, rows: Rows, now: number): Uint32Array {
  const touched = new Uint32Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const known = fleet.slotOf.get(rows.no[row]!);
    const slot = known ?? takeSlot(fleet, rows.no[row]!);
    const x = trim(fleet.x[slot]! + rows.x[row]! * 8);
    const y = trim(fleet.y[slot]! + rows.y[row]! * 8);
    const wasThere = known !== undefined && (fleet.flags[slot]! & FLAG.hasPosition) !== 0;
    if (wasThere) {
      if (x !== fleet.x[slot] || y !== fleet.y[slot]) moveTo(fleet, slot, x, y, now);
      fleet.totals[fleet.status[slot]! & 3]!--;
    } else {
      if (known !== undefined) fleet.totals[fleet.status[slot]! & 3]!--;
      fleet.x[slot] = fleet.fromX[slot] = x;
      fleet.y[slot] = fleet.fromY[slot] = y;
      fleet.changedAt[slot] = now;
      fleet.glide[slot] = 0;
    }
    describe(fleet, slot, rows, row);
    fleet.totals[fleet.status[slot]! & 3]!++;
    touched[row] = slot;
  }
  return touched;
}

/** Where the vehicle of a slot is drawn at `now`: the shader's own sum, for picking, following and labels. */
export function drawnAt(fleet: Fleet, slot: number, now: number): [number, number] {
  const glide = fleet.glide[slot]!;
  const part = glide > 0 ? Math.min(1, Math.max(0, (now - fleet.changedAt[slot]!) / glide)) : 1;
  const fromX = fleet.fromX[slot]!;
  const fromY = fleet.fromY[slot]!;
  return [fromX + (fleet.x[slot]! - fromX) * part, fromY + (fleet.y[slot]! - fromY) * part];
}

export function hasPosition(fleet: Fleet, slot: number): boolean {
  return (fleet.flags[slot]! & FLAG.hasPosition) !== 0;
}

function moveTo(fleet: Fleet, slot: number, x: number, y: number, now: number): void {
  const [drawnX, drawnY] = drawnAt(fleet, slot, now);
  const far = Math.abs(x - drawnX) + Math.abs(y - drawnY) > JUMP;
  fleet.fromX[slot] = far ? x : drawnX;
  fleet.fromY[slot] = far ? y : drawnY;
  fleet.x[slot] = x;
  fleet.y[slot] = y;
  // The next word is expected after as long as the last one took; a vehicle long silent does not crawl.
  const pause = now - fleet.changedAt[slot]!;
  fleet.glide[slot] = far ? 0 : pause > 15_000 ? 1000 : Math.min(10_000, Math.max(900, pause));
  fleet.changedAt[slot] = now;
}

function describe(fleet: Fleet, slot: number, rows: Rows, row: number): void {
  fleet.heading[slot] = rows.heading[row]!;
  fleet.speed[slot] = rows.speed[row]!;
  fleet.status[slot] = rows.status[row]!;
  fleet.flags[slot] = rows.flags[row]!;
  fleet.fixedAt[slot] = rows.fixedAt[row]!;
}

function countTotals(fleet: Fleet): void {
  fleet.totals = [0, 0, 0, 0];
  for (let slot = 0; slot < fleet.count; slot++) fleet.totals[fleet.status[slot]! & 3]!++;
}

function trim(value: number): number {
  return (value >> 3) << 3;
}

function takeSlot(fleet: Fleet, no: number): number {
  if (fleet.count === fleet.capacity) grow(fleet);
  const slot = fleet.count++;
  fleet.slotOf.set(no, slot);
  fleet.no[slot] = no;
  return slot;
}

function grow(fleet: Fleet): void {
  const bigger = newFleet(fleet.capacity * 2);
  for (const key of ['no', 'x', 'y', 'fromX', 'fromY', 'changedAt', 'glide', 'heading', 'speed', 'status', 'flags', 'fixedAt'] as const) {
    bigger[key].set(fleet[key]);
    fleet[key] = bigger[key] as never;
  }
  fleet.capacity = bigger.capacity;
}
