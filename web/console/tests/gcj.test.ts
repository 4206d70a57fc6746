import { describe, expect, it } from 'vitest';
import { datumOf, fromGcj, type Place, toGcj } from '../src/map/gcj';
import { distanceM, fromFixed, metresPerUnit, toFixed } from '../src/map/mercator';

/** WGS-84 and GCJ-02; the same table stands in telematics/src/datum.rs. */
const REFERENCE: [Place, Place][] = [
  [[120.15, 30.28], [120.1547094727907, 30.277680670674574]],
  [[116.3975, 39.9085], [116.4037435471518, 39.90990349067184]],
  [[87.617, 43.793], [87.6198484993447, 43.794223871360934]],
  [[2.3522, 48.8566], [2.3522, 48.8566]],
];

describe('GCJ-02', () => {
  it('draws the places of reference where the service does', () => {
    for (const [place, shown] of REFERENCE) {
      const [lon, lat] = toGcj(...place);
      expect(lon).toBeCloseTo(shown[0], 9);
      expect(lat).toBeCloseTo(shown[1], 9);
    }
  });
  it('leads back within a decimetre all over China', () => {
    for (let lon = 73.5; lon < 135; lon += 0.83) {
      for (let lat = 3.5; lat < 54; lat += 0.71) {
        expect(distanceM(lon, lat, ...fromGcj(...toGcj(lon, lat)))).toBeLessThan(0.1);
      }
    }
  });
  it('shifts what the graphics card draws to the same point as what is written beside it', () => {
    const { shift, toMap } = datumOf('gcj02');
    for (const [lon, lat] of REFERENCE.map(([place]) => place)) {
      const [x, y] = toFixed(lon, lat);
      const [dx, dy] = shift!(x, y);
      expect(distanceM(...fromFixed(x + dx, y + dy), ...toMap(lon, lat))).toBeLessThan(metresPerUnit(lat) * 3 + 0.01);
    }
  });
  it('shifts nothing on a map in WGS-84', () => {
    const { shift, toMap, fromMap } = datumOf('wgs84');
    expect(shift).toBeNull();
    expect([toMap(120.15, 30.28), fromMap(120.15, 30.28)]).toEqual([[120.15, 30.28], [120.15, 30.28]]);
  });
});
