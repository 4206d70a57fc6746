/** Counts instead of dots (聚合): by district far out, by a grid of the screen in between. */

import { type Fleet, hasPosition } from '../live/fleet';
import { fromFixed, toFixed, WORLD } from './mercator';

export const DISTRICT_ZOOM = 9;
/** Farther out than this the districts themselves are too small to write in. */
export const REGION_ZOOM = 7;
export const CLUSTER_ZOOM = 12.5;
/** Fewer than this in one cell stay vehicles. */
export const CROWD = 12;
const CELL_PX = 72;

export interface Bubble {
  lon: number;
  lat: number;
  n: number;
}

/** Fixed-point box: west, north, east, south. */
export type Box = [number, number, number, number];

/** One pass over the fleet: the crowded cells of a grid that stands still while the map is panned. */
export function cluster(fleet: Fleet, box: Box, zoom: number, shown: number, crowd = CROWD): { bubbles: Bubble[]; inView: number } {
  const cell = (WORLD / (512 * 2 ** zoom)) * CELL_PX;
  const columns = Math.ceil((box[2] - box[0]) / cell) + 2;
  const firstColumn = Math.floor(box[0] / cell);
  const firstRow = Math.floor(box[1] / cell);
  const rows = Math.ceil((box[3] - box[1]) / cell) + 2;
  const counts = new Uint32Array(columns * rows);
  const sumX = new Float64Array(columns * rows);
  const sumY = new Float64Array(columns * rows);
  for (let slot = 0; slot < fleet.count; slot++) {
    const x = fleet.x[slot]!;
    const y = fleet.y[slot]!;
    if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue;
    if (!hasPosition(fleet, slot) || (shown & (1 << fleet.status[slot]!)) === 0) continue;
    const at = (Math.floor(y / cell) - firstRow) * columns + Math.floor(x / cell) - firstColumn;
    counts[at]!++;
    sumX[at]! += x;
    sumY[at]! += y;
  }
  const bubbles: Bubble[] = [];
  let inView = 0;
  for (let at = 0; at < counts.length; at++) {
    const n = counts[at]!;
    inView += n;
    if (n < crowd) continue;
    const [lon, lat] = fromFixed(sumX[at]! / n, sumY[at]! / n);
    bubbles.push({ lon, lat, n });
  }
  return { bubbles, inView };
}

export interface District {
  code: string;
  name: string;
  name_en: string;
  /** Outer and inner rings, flat x,y pairs in fixed point: even-odd needs no difference between them. */
  rings: Float64Array[];
  box: Box;
}

export function readDistricts(data: GeoJSON.FeatureCollection): District[] {
  return data.features.map((feature) => {
    const polygons =
      feature.geometry.type === 'MultiPolygon'
        ? feature.geometry.coordinates
        : feature.geometry.type === 'Polygon'
          ? [feature.geometry.coordinates]
          : [];
    const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
    const rings = polygons.flat().map((ring) => {
      const flat = new Float64Array(ring.length * 2);
      ring.forEach(([lon, lat], index) => {
        const [x, y] = toFixed(lon!, lat!);
        flat[index * 2] = x;
        flat[index * 2 + 1] = y;
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      });
      return flat;
    });
    return { code: String(feature.properties?.code), name: String(feature.properties?.name), name_en: String(feature.properties?.name_en), rings, box };
  });
}

/** Vehicles by district code; those beyond all districts are under the empty code. */
export function countByDistrict(fleet: Fleet, districts: District[], shown: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let slot = 0; slot < fleet.count; slot++) {
    if (!hasPosition(fleet, slot) || (shown & (1 << fleet.status[slot]!)) === 0) continue;
    const found = districts.find((district) => isInside(district, fleet.x[slot]!, fleet.y[slot]!));
    const code = found?.code ?? '';
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

export function isInside(district: District, x: number, y: number): boolean {
  const { box } = district;
  if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) return false;
  let inside = false;
  for (const ring of district.rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const yi = ring[i + 1]!;
      const yj = ring[j + 1]!;
      if (yi > y !== yj > y && x < ((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!) inside = !inside;
    }
  }
  return inside;
}
