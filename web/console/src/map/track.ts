/** A day's track as lines to draw (轨迹线): runs coloured by speed, gaps apart. */

import type { Track } from '../api/types';
import type { Datum } from './gcj';
import { distanceM } from './mercator';
import { type Palette, speedColour } from './palette';

/** Longer without a fix than this, and the line between is a guess: drawn dashed. */
export const GAP_MS = 180_000;
/** And so is a leap that no car makes. */
const LEAP_M = 2000;

/** The track where the map draws it. */
export function trackOn(datum: Datum, track: Track): Track {
  if (!datum.shift) return track;
  const places = track.lon.map((lon, index) => datum.toMap(lon, track.lat[index]!));
  return { ...track, lon: places.map(([lon]) => lon), lat: places.map(([, lat]) => lat) };
}

export function isGap(track: Track, before: number): boolean {
  const pause = track.t[before + 1]! - track.t[before]!;
  if (pause > GAP_MS) return true;
  return pause > 20_000 && distanceM(track.lon[before]!, track.lat[before]!, track.lon[before + 1]!, track.lat[before + 1]!) > LEAP_M;
}

/** The receiver's speed, or, where it gave none, the way over the time. */
export function speedAt(track: Track, index: number): number | null {
  const said = track.speed_kmh[index];
  if (said !== null && said !== undefined) return said;
  const before = Math.max(0, index - 1);
  const after = Math.min(track.count - 1, index + 1);
  const seconds = (track.t[after]! - track.t[before]!) / 1000;
  if (seconds <= 0 || seconds > GAP_MS / 1000) return null;
  return (distanceM(track.lon[before]!, track.lat[before]!, track.lon[after]!, track.lat[after]!) / seconds) * 3.6;
}

export function trackFeatures(track: Track, colours: Palette['speeds']): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  const line = (coordinates: number[][], properties: Record<string, string>) => {
    if (coordinates.length > 1) features.push({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates } });
  };
  let run: number[][] = [];
  let colour = '';
  for (let index = 0; index < track.count; index++) {
    const here = [track.lon[index]!, track.lat[index]!];
    if (index > 0 && isGap(track, index - 1)) {
      line(run, { kind: 'run', colour });
      line([[track.lon[index - 1]!, track.lat[index - 1]!], here], { kind: 'gap' });
      run = [];
      colour = '';
    }
    const next = speedColour(speedAt(track, index), colours);
    run.push(here);
    if (next !== colour) {
      if (run.length > 1) line(run, { kind: 'run', colour: colour || next });
      run = [here];
      colour = next;
    }
  }
  line(run, { kind: 'run', colour });
  return { type: 'FeatureCollection', features };
}

export function trackBounds(track: Track): [[number, number], [number, number]] | null {
  if (track.count === 0) return null;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let index = 0; index < track.count; index++) {
    west = Math.min(west, track.lon[index]!);
    east = Math.max(east, track.lon[index]!);
    south = Math.min(south, track.lat[index]!);
    north = Math.max(north, track.lat[index]!);
  }
  return [
    [west, south],
    [east, north],
  ];
}
