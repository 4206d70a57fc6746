/** Web Mercator in 31-bit fixed point, as the wire and the graphics card speak it. */

export const WORLD = 2 ** 31;

export function toFixed(lon: number, lat: number): [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  const x = (lon + 180) / 360;
  const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  return [Math.round(x * WORLD), Math.round(y * WORLD)];
}

export function fromFixed(x: number, y: number): [number, number] {
  const lon = (x / WORLD) * 360 - 180;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI;
  return [lon, lat];
}

/** Metres of one fixed unit at a latitude. */
export function metresPerUnit(lat: number): number {
  return (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / WORLD;
}

const EARTH_M = 6_371_008.8;

/** Great-circle metres between two points. */
export function distanceM(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(a)));
}
