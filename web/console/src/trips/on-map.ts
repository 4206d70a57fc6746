/** A trip on the map (行程示意): where it begins and leads, what lies between, and the cars that could go. Drawn, never kept. */

import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import { useEffect } from 'react';
import { onTheme, theme } from '../app/theme';
import { useMap } from '../app/services';
import type { MapHandle } from '../map/map';
import { palette } from '../map/palette';
import type { VehicleCandidate } from './types';

export interface Mark {
  lon: number;
  lat: number;
  label: string;
}

export interface Drawn {
  /** In the order of the way. */
  places: Mark[];
  /** A line leads through the places. */
  isLinked: boolean;
  /** The best first; the chosen one by its key. */
  cars: (Mark & { isChosen: boolean })[];
}

const SOURCE = 'trip';
const FONT = ['sans'];
/** Cars that are named on the map. */
const NAMED = 3;

function layers(): LayerSpecification[] {
  const c = palette(theme());
  const ofKind = (kind: string): ['==', ['get', 'kind'], string] => ['==', ['get', 'kind'], kind];
  return [
    { id: 'trip-casing', type: 'line', source: SOURCE, filter: ofKind('way'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.labelHalo, 'line-width': 7, 'line-opacity': 0.9 } },
    { id: 'trip-way', type: 'line', source: SOURCE, filter: ofKind('way'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': c.bubbleLine, 'line-width': 3.5, 'line-dasharray': [1.6, 1.6] } },
    { id: 'trip-cars', type: 'circle', source: SOURCE, filter: ofKind('car'), paint: { 'circle-radius': 15, 'circle-color': c.bubbleLine, 'circle-opacity': ['case', ['get', 'isChosen'], 0.28, 0.1], 'circle-stroke-color': c.bubbleLine, 'circle-stroke-width': ['case', ['get', 'isChosen'], 3, 1.5] } },
    { id: 'trip-places', type: 'circle', source: SOURCE, filter: ofKind('place'), paint: { 'circle-radius': 7, 'circle-color': c.bubble, 'circle-stroke-color': c.bubbleLine, 'circle-stroke-width': 3.5 } },
    {
      id: 'trip-names', type: 'symbol', source: SOURCE, filter: ['in', ['get', 'kind'], ['literal', ['place', 'car']]],
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 13, 'text-offset': [0, 1.2], 'text-anchor': 'top', 'text-optional': true, 'text-padding': 1 },
      paint: { 'text-color': c.plate, 'text-halo-color': c.plateHalo, 'text-halo-width': 2 },
    },
  ];
}

function features(map: MapHandle, drawn: Drawn): GeoJSON.Feature[] {
  const point = (mark: Mark, properties: Record<string, unknown>): GeoJSON.Feature => ({ type: 'Feature', properties: { ...properties, label: mark.label }, geometry: { type: 'Point', coordinates: map.toMap(mark.lon, mark.lat) } });
  const line = drawn.places.map((mark) => map.toMap(mark.lon, mark.lat));
  const way: GeoJSON.Feature[] = drawn.isLinked && line.length > 1 ? [{ type: 'Feature', properties: { kind: 'way' }, geometry: { type: 'LineString', coordinates: line } }] : [];
  return [...way, ...drawn.cars.map((car) => point(car, { kind: 'car', isChosen: car.isChosen })), ...drawn.places.map((mark) => point(mark, { kind: 'place' }))];
}

/** The source, once the map's own are there. */
function withSource(map: MapLibre, use: (source: GeoJSONSource) => void): () => void {
  const run = () => {
    if (!map.getSource(SOURCE)) {
      map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
      for (const layer of layers()) map.addLayer(layer, 'plates');
    }
    use(map.getSource(SOURCE) as GeoJSONSource);
  };
  if (map.getLayer('plates')) {
    run();
    return () => {};
  }
  map.once('load', run);
  return () => map.off('load', run);
}

function boundsOf(map: MapHandle, marks: readonly Mark[]): [[number, number], [number, number]] | null {
  if (marks.length === 0) return null;
  const places = marks.map((mark) => map.toMap(mark.lon, mark.lat));
  const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
  return [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ];
}

/** Draws the trip for as long as the caller is there; flies to it whenever `fitTo` becomes another. */
export function useDrawn(drawn: Drawn | null, fitTo: string | null): void {
  const map = useMap();
  const key = JSON.stringify(drawn);
  useEffect(() => {
    if (!map || drawn === null) return undefined;
    const off = withSource(map.map, (source) => source.setData({ type: 'FeatureCollection', features: features(map, drawn) }));
    return () => {
      off();
      // The map goes before what is drawn on it when one signs out.
      if (map.map.style) (map.map.getSource(SOURCE) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features: [] });
    };
    // What is drawn is compared by what it says.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, key]);
  useEffect(() => {
    const bounds = map && drawn && fitTo !== null ? boundsOf(map, [...drawn.places, ...drawn.cars]) : null;
    if (!map || !bounds) return undefined;
    // The panel has just opened: what it covers is known a moment later.
    const timer = setTimeout(() => map.showBounds(bounds), 80);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, fitTo]);
  useEffect(
    () =>
      onTheme(() => {
        if (!map?.map.getSource(SOURCE)) return;
        for (const layer of layers()) for (const [name, value] of Object.entries(layer.paint ?? {})) map.map.setPaintProperty(layer.id, name as never, value as never);
      }),
    [map],
  );
}

/** The first cars of the list that have a place, with their rank. */
export function carMarks(vehicles: readonly VehicleCandidate[], chosen: string | null, say: (rank: number, plate: string) => string): Drawn['cars'] {
  return vehicles
    .map((vehicle, index) => ({ vehicle, rank: index + 1 }))
    .filter(({ vehicle, rank }) => vehicle.lon !== null && vehicle.lat !== null && vehicle.refused.length === 0 && (rank <= NAMED || vehicle.vehicle_id === chosen))
    .map(({ vehicle, rank }) => ({ lon: vehicle.lon!, lat: vehicle.lat!, label: say(rank, vehicle.plate), isChosen: vehicle.vehicle_id === chosen }));
}

/** What stands at a place of the map: the nearest named road, else the district, else the figures. */
export function nameAt(map: MapHandle, lon: number, lat: number, nameField: 'name' | 'name_en', near: (name: string) => string): string {
  const at = map.map.project(map.toMap(lon, lat));
  const reach = 60;
  const roads = map.map.getLayer('roads') ? map.map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers: ['roads'] }) : [];
  const road = roads.map((feature) => (feature.properties[nameField] ?? feature.properties.name) as string | undefined).find(Boolean);
  const district = map.districtAt(lon, lat);
  if (road) return near(district ? `${district} ${road}` : road);
  return district ? near(district) : `${lat.toFixed(4)}, ${lon.toFixed(4)}`;
}
