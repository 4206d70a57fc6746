/**
 * What is drawn beneath and about the vehicles: the embedded basemap (内置底图) or pictures from our own server, then tracks,
 * stops, counts and plates. No glyphs address: labels are drawn with the machine's own fonts.
 */

import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Config } from '../api/types';
import type { Palette } from './palette';

const EMPTY = { type: 'FeatureCollection', features: [] } as const;
/** Named, never fetched. */
const FONT = ['sans'];

export interface StyleTexts {
  nameField: 'name' | 'name_en';
  attribution: string;
  /** What the map's canvas is called. */
  canvas: string;
}

/** Roads come in classes; one that is not known is drawn as a street. */
const ROAD_CLASS: ExpressionSpecification = ['coalesce', ['get', 'class'], ''];
const IS_EXPRESSWAY: ExpressionSpecification = ['in', ROAD_CLASS, ['literal', ['motorway', 'expressway']]];
const IS_ROAD: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
const byClass = (expressway: number, arterial: number, street: number): ExpressionSpecification => [
  'match', ROAD_CLASS, ['motorway', 'expressway'], expressway, 'arterial', arterial, street,
];
const roadWidth = (extra: number): ExpressionSpecification => [
  'interpolate', ['exponential', 1.5], ['zoom'],
  8, byClass(0.8 + extra / 2, 0.4 + extra / 4, 0),
  12, byClass(2.8 + extra, 2 + extra, 1.1 + extra * 0.7),
  16, byClass(12 + extra, 10 + extra, 7 + extra),
];

export function isEmbedded(map: Config['map']): boolean {
  return map.layers.length === 0;
}

export function mapStyle(colours: Palette, texts: StyleTexts, map: Config['map']): StyleSpecification {
  const live = () => ({ type: 'geojson' as const, data: structuredClone(EMPTY) as unknown as GeoJSON.FeatureCollection });
  return {
    version: 8,
    sources: { ...ground(map), track: live(), stops: live(), counts: live(), clusters: live(), plates: live() },
    layers: layers(colours, texts, map),
  };
}

/** The sources of the map itself. */
function ground(map: Config['map']): Record<string, SourceSpecification> {
  const data = (name: string) => ({ type: 'geojson' as const, data: `/basemap/${name}.geojson` });
  if (isEmbedded(map)) {
    return {
      country: data('country'),
      districts: { ...data('districts'), promoteId: 'code' },
      water: data('water'),
      labels: data('labels'),
      roads: { type: 'geojson', data: '/api/v1/map/roads.geojson' },
    };
  }
  const tiles = (url: string) => ({ type: 'raster' as const, tiles: [location.origin + url], tileSize: 256, maxzoom: map.max_zoom });
  return Object.fromEntries(map.layers.map(({ name, url }) => [`tiles-${name}`, tiles(url)]));
}

export function layers(c: Palette, texts: StyleTexts, map: Config['map']): LayerSpecification[] {
  const pictures = map.layers.map(({ name }) => ({ id: `tiles-${name}`, type: 'raster' as const, source: `tiles-${name}` }));
  return [
    { id: 'beyond', type: 'background', paint: { 'background-color': c.beyond } },
    ...(isEmbedded(map) ? basemap(c, texts) : pictures),
    ...vehicleLayers(c),
  ];
}

const ROUND = { 'line-cap': 'round', 'line-join': 'round' } as const;

function basemap(c: Palette, texts: StyleTexts): LayerSpecification[] {
  return [
    { id: 'country', type: 'fill', source: 'country', filter: ['==', ['get', 'kind'], 'province'], paint: { 'fill-color': c.land } },
    {
      id: 'provinces', type: 'line', source: 'country',
      paint: { 'line-color': c.boundary, 'line-width': ['case', ['==', ['get', 'kind'], 'boundary'], 1.4, 0.7] },
    },
    { id: 'districts', type: 'fill', source: 'districts', paint: { 'fill-color': c.district } },
    {
      id: 'counts-fill', type: 'fill', source: 'districts', minzoom: 7, maxzoom: 9,
      paint: { 'fill-color': c.bubbleLine, 'fill-opacity': ['*', 0.34, ['coalesce', ['feature-state', 'share'], 0]] },
    },
    { id: 'water', type: 'fill', source: 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': c.water } },
    {
      id: 'rivers', type: 'line', source: 'water', filter: ['==', ['get', 'kind'], 'river'], layout: ROUND,
      paint: {
        'line-color': c.water,
        'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 7, ['case', ['==', ['get', 'level'], 2], 1.6, 0.8], 11, ['case', ['==', ['get', 'level'], 2], 7, 2], 15, ['case', ['==', ['get', 'level'], 2], 46, 7]],
      },
    },
    { id: 'district-lines', type: 'line', source: 'districts', paint: { 'line-color': c.districtLine, 'line-width': 1, 'line-dasharray': [4, 2] } },
    { id: 'lakes', type: 'fill', source: 'roads', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': c.water } },
    { id: 'road-casing', type: 'line', source: 'roads', minzoom: 8, filter: IS_ROAD, layout: ROUND, paint: { 'line-color': ['case', IS_EXPRESSWAY, c.highwayCasing, c.roadCasing], 'line-width': roadWidth(1.6) } },
    { id: 'roads', type: 'line', source: 'roads', minzoom: 8, filter: IS_ROAD, layout: ROUND, paint: { 'line-color': ['case', IS_EXPRESSWAY, c.highway, c.road], 'line-width': roadWidth(0) } },
    {
      id: 'road-names', type: 'symbol', source: 'roads', minzoom: 12, filter: IS_ROAD,
      layout: { 'symbol-placement': 'line', 'text-field': ['coalesce', ['get', texts.nameField], ['get', 'name'], ''], 'text-font': FONT, 'text-size': 11, 'symbol-spacing': 420 },
      paint: { 'text-color': c.label, 'text-halo-color': c.labelHalo, 'text-halo-width': 1.4 },
    },
    {
      id: 'district-names', type: 'symbol', source: 'labels', minzoom: 9, maxzoom: 14,
      layout: { 'text-field': ['get', texts.nameField], 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 12, 15], 'text-letter-spacing': 0.08, 'text-padding': 6 },
      paint: { 'text-color': c.label, 'text-halo-color': c.labelHalo, 'text-halo-width': 1.6 },
    },
  ];
}

function vehicleLayers(c: Palette): LayerSpecification[] {
  return [
    { id: 'track-casing', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'run'], layout: ROUND, paint: { 'line-color': c.labelHalo, 'line-width': 7 } },
    { id: 'track-gaps', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'gap'], paint: { 'line-color': c.gap, 'line-width': 2, 'line-dasharray': [2, 2.4] } },
    { id: 'track', type: 'line', source: 'track', filter: ['==', ['get', 'kind'], 'run'], layout: ROUND, paint: { 'line-color': ['get', 'colour'], 'line-width': 4 } },
    { id: 'stops', type: 'circle', source: 'stops', paint: { 'circle-radius': 6, 'circle-color': c.bubble, 'circle-stroke-color': c.bubbleLine, 'circle-stroke-width': 2.5 } },
    {
      id: 'stop-names', type: 'symbol', source: 'stops', minzoom: 10,
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-optional': true },
      paint: { 'text-color': c.plate, 'text-halo-color': c.plateHalo, 'text-halo-width': 1.6 },
    },
    {
      id: 'plates', type: 'symbol', source: 'plates', minzoom: 13,
      layout: { 'text-field': ['get', 'plate'], 'symbol-sort-key': ['get', 'rank'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 1.25], 'text-anchor': 'top', 'text-padding': 1 },
      paint: { 'text-color': c.plate, 'text-halo-color': c.plateHalo, 'text-halo-width': 1.8 },
    },
    {
      id: 'clusters', type: 'circle', source: 'clusters',
      paint: { 'circle-radius': ['interpolate', ['linear'], ['ln', ['get', 'n']], 2, 14, 9, 30], 'circle-color': c.bubble, 'circle-opacity': 0.94, 'circle-stroke-color': c.bubbleLine, 'circle-stroke-width': 2 },
    },
    {
      id: 'cluster-counts', type: 'symbol', source: 'clusters',
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': c.bubbleText },
    },
    {
      id: 'counts', type: 'symbol', source: 'counts', minzoom: 7, maxzoom: 9,
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 13, 'text-line-height': 1.25, 'text-padding': 1 },
      paint: { 'text-color': c.bubbleText, 'text-halo-color': c.labelHalo, 'text-halo-width': 2 },
    },
  ];
}

/** The vehicle layer lies beneath everything that is written about vehicles. */
export const VEHICLES_BENEATH = 'stops';
