import { describe, expect, it } from 'vitest';
import type { Stop, Track, Trip } from '../src/api/types';
import { trackFeatures } from '../src/map/track';
import { palette } from '../src/map/palette';
import { advance, indexAt, landmarks, momentAt, nextLandmark, speedBars } from '../src/playback/player';

const T0 = Date.parse('2008-10-28T00:30:00+08:00');

/** Fixes as `[seconds, lon, lat, speed, heading]`. */
function track(...fixes: [number, number, number, number | null, number | null][]): Track {
  const nothing = fixes.map(() => null);
  return {
    crs: 'WGS-84',
    from: '',
    to: '',
    count: fixes.length,
    t: fixes.map((fix) => T0 + fix[0] * 1000),
    lon: fixes.map((fix) => fix[1]),
    lat: fixes.map((fix) => fix[2]),
    speed_kmh: fixes.map((fix) => fix[3]),
    heading_deg: fixes.map((fix) => fix[4]),
    odometer_km: nothing,
    soc_pct: nothing,
    fuel_pct: nothing,
    ignition: nothing,
  };
}

const drive = track([0, 116, 40, 36, 350], [10, 116.001, 40, 36, 10], [20, 116.002, 40, 0, 90], [2000, 116.01, 40, 20, 90], [2010, 116.011, 40, 20, 90]);

describe('where the car is', () => {
  it('between two fixes it is between them, heading the short way round', () => {
    const moment = momentAt(drive, T0 + 5000);
    expect(moment.lon).toBeCloseTo(116.0005, 9);
    expect(moment.headingDeg).toBeCloseTo(0, 9);
    expect(moment.speedKmh).toBe(36);
    expect(moment.inGap).toBe(false);
  });
  it('in a gap it is where it was last heard of', () => {
    const moment = momentAt(drive, T0 + 500_000);
    expect([moment.lon, moment.inGap, moment.speedKmh]).toEqual([116.002, true, null]);
  });
  it('before the first fix and after the last it stands at them', () => {
    expect(momentAt(drive, T0 - 1e6).lon).toBe(116);
    expect(momentAt(drive, T0 + 1e9).lon).toBe(116.011);
  });
  it('without a heading it looks where it goes', () => {
    const east = track([0, 116, 40, null, null], [10, 116.001, 40, null, null]);
    expect(momentAt(east, T0).headingDeg).toBeCloseTo(90, 5);
    expect(momentAt(east, T0 + 10_000).headingDeg).toBeCloseTo(90, 5);
    // 85 m in 10 s.
    expect(momentAt(east, T0 + 5000).speedKmh).toBeCloseTo(30.7, 0);
  });
  it('the index is the last fix at or before', () => {
    expect([0, 9999, 10_000, 19_999, 20_000, 5_000_000].map((ms) => indexAt(drive, T0 + ms))).toEqual([0, 0, 1, 1, 2, 4]);
  });
});

describe('playing on', () => {
  it('runs at its rate', () => {
    expect(advance(drive, T0, 250, 8)).toEqual({ at: T0 + 2000, ended: false });
  });
  it('a gap takes no time', () => {
    // 15 s to go to the gap at ×1: one second before it and half a second after it.
    expect(advance(drive, T0 + 19_000, 1500, 1)).toEqual({ at: T0 + 2_000_500, ended: false });
  });
  it('from inside a gap it goes on behind it', () => {
    expect(advance(drive, T0 + 100_000, 1000, 2)).toEqual({ at: T0 + 2_002_000, ended: false });
  });
  it('ends at the last fix', () => {
    expect(advance(drive, T0 + 2_009_000, 250, 64)).toEqual({ at: T0 + 2_010_000, ended: true });
  });
  it('plays a day of one fix a second from end to end at ×64', () => {
    const day = track(...Array.from({ length: 20_000 }, (_, second): [number, number, number, number, number] => [second, 116 + second * 1e-5, 40, 30, 90]));
    let at = T0;
    let frames = 0;
    for (let ended = false; !ended; frames++) ({ at, ended } = advance(day, at, 16, 64));
    expect(at).toBe(T0 + 19_999_000);
    expect(frames).toBe(Math.ceil(19_999_000 / (16 * 64)));
  });
});

describe('events', () => {
  const iso = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
  const stops: Stop[] = [{ id: 's', from: iso(15), to: iso(2000), seconds: 1985, lon: 0, lat: 0, place: null }];
  const trips: Trip[] = [{ id: 't', started_at: iso(0), ended_at: iso(15), distance_km: 1, max_speed_kmh: 1, from: null, to: null, stops: 0 }];
  it('are in order, once each, within the track', () => {
    expect(landmarks(drive, stops, trips).map((at) => (at - T0) / 1000)).toEqual([0, 15, 2000, 2010]);
  });
  it('are walked in both directions', () => {
    const marks = landmarks(drive, stops, trips);
    expect(nextLandmark(marks, T0, 1)).toBe(T0 + 15_000);
    expect(nextLandmark(marks, T0 + 15_500, -1)).toBe(T0);
    expect(nextLandmark(marks, T0 + 2_010_000, 1)).toBeNull();
  });
});

describe('pictures of a track', () => {
  it('gaps are lines of their own and every run has the colour of its speed', () => {
    const { features } = trackFeatures(drive, palette('light').speeds);
    const kinds = features.map((feature) => feature.properties!.kind);
    expect(kinds.filter((kind) => kind === 'gap')).toHaveLength(1);
    const points = features.filter((feature) => feature.properties!.kind === 'run').flatMap((feature) => (feature.geometry as GeoJSON.LineString).coordinates.map(([lon]) => lon));
    // Every fix is drawn.
    for (const lon of drive.lon) expect(points).toContain(lon);
  });
  it('the chart leaves gaps empty', () => {
    const bars = speedBars(drive, drive.t[0]!, drive.t[4]!, 201);
    expect(bars.every((bar) => bar.from < T0 + 30_000 || bar.to > T0 + 1_999_000)).toBe(true);
    expect(Math.max(...bars.map((bar) => bar.max))).toBe(36);
  });
});
