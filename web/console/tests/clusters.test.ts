import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applySnapshot, drawnAt, newFleet } from '../src/live/fleet';
import { emptyRows } from '../src/live/frames';
import { cluster, countByDistrict, readDistricts } from '../src/map/clusters';
import { distanceM, fromFixed, toFixed, WORLD } from '../src/map/mercator';
import { pickSlot } from '../src/map/vehicle-layer';

const DISTRICTS = readDistricts(JSON.parse(readFileSync(new URL('../public/basemap/districts.geojson', import.meta.url), 'utf8')));

function fleetAt(points: [number, number][], flags = 4) {
  const rows = emptyRows(points.length);
  points.forEach(([lon, lat], row) => {
    const [x, y] = toFixed(lon, lat);
    rows.no[row] = row + 1;
    rows.x[row] = x;
    rows.y[row] = y;
    rows.flags[row] = flags;
    rows.status[row] = row % 4;
  });
  const fleet = newFleet();
  applySnapshot(fleet, rows, 0);
  return fleet;
}

const world = (): [number, number, number, number] => [0, 0, WORLD, WORLD];

describe('fixed-point Mercator', () => {
  it('comes back within two centimetres anywhere in China', () => {
    for (let lon = 74; lon < 135; lon += 3.7) {
      for (let lat = 4; lat < 53; lat += 3.3) {
        const [lon2, lat2] = fromFixed(...toFixed(lon, lat));
        expect(distanceM(lon, lat, lon2, lat2)).toBeLessThan(0.02);
      }
    }
  });
});

describe('counts', () => {
  it('West Lake is in Xihu, the Binjiang bank is not, Beijing is in none of them', () => {
    const counts = countByDistrict(fleetAt([[120.141, 30.245], [120.2, 30.19], [116.39, 39.9]]), DISTRICTS, 15);
    expect(counts.get('330106')).toBe(1);
    expect(counts.get('330108')).toBe(1);
    expect(counts.get('')).toBe(1);
  });
  it('vehicles without a position and states not shown are in no count', () => {
    expect(countByDistrict(fleetAt([[120.141, 30.245]], 0), DISTRICTS, 15).size).toBe(0);
    expect(countByDistrict(fleetAt([[120.141, 30.245]]), DISTRICTS, 0b1110).size).toBe(0);
  });
});

describe('clusters', () => {
  it('a crowd is one bubble in its midst, a handful stays vehicles', () => {
    const fleet = fleetAt([...Array.from({ length: 40 }, (): [number, number] => [120.17, 30.25]), [120.6, 30.0], [120.6, 30.0]]);
    const { bubbles } = cluster(fleet, world(), 4, 15);
    expect(bubbles).toHaveLength(1);
    const { bubbles: all, inView } = cluster(fleet, world(), 9, 15);
    expect(inView).toBe(42);
    expect(all.map((bubble) => bubble.n)).toEqual([40]);
    expect(all[0]!.lon).toBeCloseTo(120.17, 5);
  });
  it('77,000 vehicles are clustered and counted in less than a second', () => {
    const fleet = fleetAt(Array.from({ length: 77_000 }, (_, index): [number, number] => [118.4 + (index % 277) / 120, 29.2 + Math.floor(index / 277) / 200]));
    const start = performance.now();
    const [west, north] = toFixed(118, 31);
    const [east, south] = toFixed(121, 29);
    const { bubbles } = cluster(fleet, [west, north, east, south], 9.5, 15);
    const counts = countByDistrict(fleet, DISTRICTS, 15);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(bubbles.reduce((sum, bubble) => sum + bubble.n, 0)).toBeLessThanOrEqual(77_000);
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(77_000);
  });
});

describe('picking', () => {
  it('finds the nearest shown vehicle within reach, where it is drawn', () => {
    const fleet = fleetAt([[120.17, 30.25], [120.1701, 30.25]]);
    const [x, y] = toFixed(120.17006, 30.25);
    expect(pickSlot(fleet, x, y, 100_000, 15, 0)).toBe(1);
    expect(pickSlot(fleet, x, y, 100_000, 0b0001, 0)).toBe(0);
    expect(pickSlot(fleet, x, y, 10, 15, 0)).toBeNull();
    expect(drawnAt(fleet, 0, 0)).toEqual([fleet.x[0], fleet.y[0]]);
  });
});
