/** Playback (轨迹回放) as pure steps: where the car is at an instant of its past, and what comes next. */

import type { Stop, Track, Trip } from '../api/types';
import { isGap, speedAt } from '../map/track';

export const RATES = [1, 2, 4, 8, 16, 32, 64] as const;
export type Rate = (typeof RATES)[number];

export interface Moment {
  lon: number;
  lat: number;
  headingDeg: number;
  speedKmh: number | null;
  /** Nothing was heard just then: the place is the last one known. */
  inGap: boolean;
  index: number;
}

/** The last fix at or before `at`. */
export function indexAt(track: Track, at: number): number {
  let low = 0;
  let high = track.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (track.t[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function momentAt(track: Track, at: number): Moment {
  const index = indexAt(track, at);
  const next = Math.min(track.count - 1, index + 1);
  const span = track.t[next]! - track.t[index]!;
  const inGap = next > index && at > track.t[index]! && isGap(track, index);
  const part = inGap || span <= 0 ? 0 : Math.min(1, Math.max(0, (at - track.t[index]!) / span));
  return {
    lon: mix(track.lon[index]!, track.lon[next]!, part),
    lat: mix(track.lat[index]!, track.lat[next]!, part),
    headingDeg: headingBetween(track, index, next, part),
    speedKmh: inGap ? null : mixSpeed(speedAt(track, index), speedAt(track, next), part),
    inGap,
    index,
  };
}

/** Plays on by `elapsedMs` of real time; a gap takes no time, as there is nothing to see in it. */
export function advance(track: Track, at: number, elapsedMs: number, rate: number): { at: number; ended: boolean } {
  const end = track.t[track.count - 1] ?? at;
  let next = at + elapsedMs * rate;
  for (let index = indexAt(track, at); index < track.count - 1 && track.t[index]! < next; index++) {
    if (!isGap(track, index)) continue;
    const gapEnd = track.t[index + 1]!;
    // Only what would be spent inside the gap is skipped.
    const from = Math.max(at, track.t[index]!);
    if (next > from && from < gapEnd) next = gapEnd + (next - from);
  }
  return next >= end ? { at: end, ended: true } : { at: next, ended: false };
}

/** Instants worth jumping to: a trip's ends, a stop's beginning, a gap's end. */
export function landmarks(track: Track, stops: Stop[], trips: Trip[]): number[] {
  const first = track.t[0] ?? 0;
  const last = track.t[track.count - 1] ?? 0;
  const all = new Set<number>([first, last]);
  for (const trip of trips) {
    all.add(Date.parse(trip.started_at));
    if (trip.ended_at) all.add(Date.parse(trip.ended_at));
  }
  for (const stop of stops) all.add(Date.parse(stop.from));
  for (let index = 0; index < track.count - 1; index++) if (isGap(track, index)) all.add(track.t[index + 1]!);
  return [...all].filter((at) => at >= first && at <= last).sort((a, b) => a - b);
}

export function nextLandmark(marks: number[], at: number, direction: 1 | -1): number | null {
  // A second's grace, so that pressing twice moves twice while it plays.
  if (direction > 0) return marks.find((mark) => mark > at + 1000) ?? null;
  return marks.findLast((mark) => mark < at - 1000) ?? null;
}

export interface Bar {
  from: number;
  to: number;
  max: number;
}

/** The fastest of each column of a chart so many columns wide; columns in which nothing was heard are left out. */
export function speedBars(track: Track, from: number, to: number, columns: number): Bar[] {
  const width = (to - from) / columns;
  if (!(width > 0)) return [];
  const bars: Bar[] = [];
  let index = 0;
  for (let column = 0; column < columns; column++) {
    const start = from + column * width;
    const end = start + width;
    let max = -1;
    while (index < track.count && track.t[index]! < end) {
      max = Math.max(max, speedAt(track, index) ?? 0);
      index++;
    }
    // Between two sparse fixes the speed is what lies between them.
    if (max < 0 && index > 0 && index < track.count && !isGap(track, index - 1)) max = momentAt(track, start).speedKmh ?? 0;
    if (max >= 0) bars.push({ from: start, to: end, max });
  }
  return bars;
}

function headingBetween(track: Track, index: number, next: number, part: number): number {
  const from = track.heading_deg[index] ?? bearing(track, index, next);
  const to = track.heading_deg[next] ?? from;
  // The short way round.
  const turn = ((to - from + 540) % 360) - 180;
  return (from + turn * part + 360) % 360;
}

function bearing(track: Track, index: number, next: number): number {
  // Standing at the end of the track the car looks where it came from last.
  const a = next > index ? index : Math.max(0, index - 1);
  const b = next > index ? next : index;
  const east = (track.lon[b]! - track.lon[a]!) * Math.cos((track.lat[a]! * Math.PI) / 180);
  const north = track.lat[b]! - track.lat[a]!;
  return east === 0 && north === 0 ? 0 : ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

function mix(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}

function mixSpeed(from: number | null, to: number | null, part: number): number | null {
  if (from === null || to === null) return from ?? to;
  return mix(from, to, part);
}
