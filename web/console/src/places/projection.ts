/** Web Mercator about a point (墨卡托投影): units of a small map, so that single precision is enough to draw it. */

/** Units around the whole world: a unit is some 38 m at the equator. */
const WORLD = 2 ** 20;
/** The earth's girth at the equator, metres. */
const GIRTH = 40_075_017;

export type Point = [number, number];

const mercatorY = (lat: number) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

export interface Projection {
  to: (lon: number, lat: number) => Point;
  from: (x: number, y: number) => Point;
  /** Metres at a latitude, in units. */
  metres: (length: number, lat: number) => number;
}

export function projectionAt(lon: number, lat: number): Projection {
  const [x0, y0] = [lon / 360, mercatorY(lat)];
  return {
    to: (toLon, toLat) => [(toLon / 360 - x0) * WORLD, (mercatorY(toLat) - y0) * WORLD],
    from: (x, y) => {
      const south = y / WORLD + y0;
      return [(x / WORLD + x0) * 360, (Math.atan(Math.exp((0.5 - south) * 2 * Math.PI)) * 360) / Math.PI - 90];
    },
    metres: (length, at) => (length * WORLD) / (GIRTH * Math.cos((at * Math.PI) / 180)),
  };
}

/** Rings or lines of a feature as the data of one SVG path. */
export function pathOf(geometry: GeoJSON.Geometry, to: Projection['to']): string {
  const line = (points: GeoJSON.Position[]) => `M${points.map(([lon, lat]) => to(lon!, lat!).map((value) => value.toFixed(2)).join(' ')).join('L')}`;
  switch (geometry.type) {
    case 'LineString':
      return line(geometry.coordinates);
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.map(line).join('');
    case 'MultiPolygon':
      return geometry.coordinates.flat().map(line).join('');
    default:
      return '';
  }
}
