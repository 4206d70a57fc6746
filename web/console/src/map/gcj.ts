/** WGS-84, in which everything is kept, and GCJ-02, in which commercial maps are drawn (火星坐标系). Only what is drawn is shifted. */

import { fromFixed, toFixed } from './mercator';

export type Place = [lon: number, lat: number];

/** Where the map draws a place, and which place it draws there. */
export interface Datum {
  toMap: (lon: number, lat: number) => Place;
  fromMap: (lon: number, lat: number) => Place;
  /** How far from its place a fixed-point position is drawn, in fixed units; `null`: nowhere else. */
  shift: ((x: number, y: number) => [dx: number, dy: number]) | null;
}

/** Krasovsky's ellipsoid, on which the shift is defined. */
const MAJOR_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;
const ROUNDS = 6;

export function toGcj(lon: number, lat: number): Place {
  // The formula's own box, wider than the border; outside nothing is shifted.
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const x = lon - 105;
  const y = lat - 35;
  const { PI, sin, cos, sqrt, abs } = Math;
  const wave = (of: number, long: number, short: number) =>
    20 * sin(6 * x * PI) + 20 * sin(2 * x * PI) + 20 * sin(of * PI) + 40 * sin((of / 3) * PI) + long * sin((of / 12) * PI) + short * sin((of / 30) * PI);
  const northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + (wave(y, 160, 320) * 2) / 3;
  const eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + (wave(x, 150, 300) * 2) / 3;
  const phi = (lat * PI) / 180;
  const squeezed = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2;
  const meridian = (MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (squeezed * sqrt(squeezed));
  const parallel = (MAJOR_M / sqrt(squeezed)) * cos(phi);
  return [lon + (eastM / parallel) * (180 / PI), lat + (northM / meridian) * (180 / PI)];
}

/** The inverse, by fixed-point iteration: nobody published one. */
export function fromGcj(lon: number, lat: number): Place {
  let place: Place = [lon, lat];
  for (let round = 0; round < ROUNDS; round++) {
    const [shownLon, shownLat] = toGcj(...place);
    place = [place[0] + lon - shownLon, place[1] + lat - shownLat];
  }
  return place;
}

const asItIs = (lon: number, lat: number): Place => [lon, lat];
const WGS84: Datum = { toMap: asItIs, fromMap: asItIs, shift: null };
const GCJ02: Datum = {
  toMap: toGcj,
  fromMap: fromGcj,
  shift: (x, y) => {
    const [shownX, shownY] = toFixed(...toGcj(...fromFixed(x, y)));
    return [shownX - x, shownY - y];
  },
};

export function datumOf(crs: string): Datum {
  return crs === 'gcj02' ? GCJ02 : WGS84;
}
