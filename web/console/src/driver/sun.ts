/** Where the sun stands: a screen in a dark car is dark (夜间主题). */

const RAD = Math.PI / 180;
/** The upper rim at the horizon, with refraction. */
const SET_DEG = -0.833;

/** Degrees above the horizon, right to some tenths; the Astronomical Almanac's short series. */
export function sunHeight(at: number, lon: number, lat: number): number {
  const days = at / 86_400_000 - 10_957.5;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = (23.439 - 0.0000004 * days) * RAD;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const sidereal = (280.46061837 + 360.98564736629 * days + lon) * RAD;
  const height = Math.sin(lat * RAD) * Math.sin(declination) + Math.cos(lat * RAD) * Math.cos(declination) * Math.cos(sidereal - ascension);
  return Math.asin(height) / RAD;
}

export function isNight(at: number, lon: number, lat: number): boolean {
  return sunHeight(at, lon, lat) < SET_DEG;
}
