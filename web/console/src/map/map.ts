/** The one map (一张图): made once, never unmounted; everything else asks it through this handle. */

import { AttributionControl, type GeoJSONSource, Map as MapLibre, Marker, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Config, Stop, Track } from '../api/types';
import { onTheme, prefersReducedMotion, theme } from '../app/theme';
import { drawnAt, hasPosition } from '../live/fleet';
import type { LiveClient } from '../live/client';
import { CLUSTER_ZOOM, CROWD, cluster, countByDistrict, type District, DISTRICT_ZOOM, isInside, readDistricts, REGION_ZOOM, type Box } from './clusters';
import { datumOf, type Place } from './gcj';
import { fromFixed, toFixed, WORLD } from './mercator';
import { palette } from './palette';
import { askNames, LABEL_LIMIT, LABEL_ZOOM, nameOf } from './plates';
import { isEmbedded, layers, mapStyle, type StyleTexts, VEHICLES_BENEATH } from './style';
import { trackBounds, trackFeatures, trackOn } from './track';
import { pickSlot, pointSize, vehicleLayer } from './vehicle-layer';

setWorkerUrl(workerUrl);

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Head {
  lon: number;
  lat: number;
  heading: number;
}

export interface MapHandle {
  /** Tells one map from another: the same all the way through a session. */
  id: string;
  map: MapLibre;
  setTexts: (texts: StyleTexts) => void;
  /** What the panels cover; the camera aims beside them. */
  setPadding: (padding: Padding) => void;
  districtAt: (lon: number, lat: number) => string | null;
  /** The place in the middle of the screen. */
  center: () => Place;
  select: (no: number | null) => void;
  follow: (no: number | null) => void;
  setShown: (mask: number) => void;
  setStale: (stale: boolean) => void;
  flyToVehicle: (no: number) => boolean;
  /** Whether a place is on the screen and beneath no panel. */
  isInSight: (lon: number, lat: number) => boolean;
  showTrack: (track: Track | null) => void;
  showStops: (stops: { stop: Stop; label: string }[]) => void;
  showHead: (head: Head | null, keepInView: boolean) => void;
  fitFleet: () => void;
  zoomBy: (step: number) => void;
  /** Where the map draws a place, for what others draw on it. */
  toMap: (lon: number, lat: number) => Place;
  /** Brings a box of the map's own places into view, beside the panels. */
  showBounds: (bounds: [Place, Place]) => void;
  onPick: (listener: (no: number | null) => void) => void;
  /** The next clicks choose a place, not a vehicle; null ends that. */
  onPlace: (listener: ((lon: number, lat: number) => void) | null) => void;
  /** The person moved the map by hand. */
  onDrag: (listener: () => void) => void;
  destroy: () => void;
}

const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const FONTS = "'PingFang SC','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif";

export function createMap(container: HTMLElement, live: LiveClient, config: Config['map'], firstTexts: StyleTexts): MapHandle {
  const { fleet } = live;
  const now = () => performance.now();
  const still = prefersReducedMotion();
  /** All places in here are WGS-84, as everywhere; what goes into the map or comes out of it goes through this. */
  const datum = datumOf(config.crs);
  const shownAt = (x: number, y: number): Place => datum.toMap(...fromFixed(x, y));
  const embedded = isEmbedded(config);
  let texts = firstTexts;
  let shown = 15;
  let selected: number | null = null;
  let hovered: number | null = null;
  let followed: number | null = null;
  let track: Track | null = null;
  let districts: District[] = [];
  let pickListener: (no: number | null) => void = () => {};
  let dragListener: () => void = () => {};
  let placeListener: ((lon: number, lat: number) => void) | null = null;
  let padding: Padding = { top: 0, right: 0, bottom: 0, left: 0 };
  let ready = false;
  /** The camera is on its way to the followed vehicle: nothing shall turn it aside. */
  let flightUntil = 0;
  const whenReady: (() => void)[] = [];

  const map = new MapLibre({
    container,
    style: mapStyle(palette(theme()), texts, config),
    center: datum.toMap(...config.center),
    zoom: config.zoom,
    minZoom: 3,
    maxZoom: 18,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    attributionControl: false,
    localIdeographFontFamily: FONTS,
    fadeDuration: still ? 0 : 150,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  let attribution = new AttributionControl({ compact: false, customAttribution: texts.attribution });
  map.addControl(attribution, 'bottom-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right');
  map.getCanvas().setAttribute('aria-label', texts.canvas);
  const head = new Marker({ element: headElement(), rotationAlignment: 'map' });

  const vehicles = vehicleLayer(fleet, now, () => still, datum.shift);
  const source = (name: string) => map.getSource(name) as GeoJSONSource | undefined;
  const slotOf = (no: number | null) => (no === null ? null : (fleet.slotOf.get(no) ?? null));
  const setData = (name: string, features: GeoJSON.Feature[]) => source(name)?.setData({ type: 'FeatureCollection', features });
  const emphasise = () => vehicles.setEmphasis(slotOf(selected), slotOf(hovered));

  function viewBox(margin = 0): Box {
    const bounds = map.getBounds();
    const [west, north] = toFixed(...datum.fromMap(bounds.getWest(), bounds.getNorth()));
    const [east, south] = toFixed(...datum.fromMap(bounds.getEast(), bounds.getSouth()));
    const more = (east - west) * margin;
    return [west - more, north - more, east + more, south + more];
  }

  function drawCounts(): void {
    const zoom = map.getZoom();
    if (!embedded || zoom >= DISTRICT_ZOOM || districts.length === 0) return;
    const counts = track === null ? countByDistrict(fleet, districts, shown) : new Map<string, number>();
    const most = Math.max(1, ...districts.map((district) => counts.get(district.code) ?? 0));
    for (const district of districts) {
      map.setFeatureState({ source: 'districts', id: district.code }, { share: (counts.get(district.code) ?? 0) / most });
    }
    setData('counts', labelPoints.map((point) => {
      const n = counts.get(String(point.properties?.code)) ?? 0;
      const name = String(point.properties?.[texts.nameField] ?? '');
      return { ...point, properties: { label: n > 0 ? `${name}\n${n}` : name } };
    }));
  }
  let labelPoints: GeoJSON.Feature[] = [];

  function drawClusters(): void {
    const zoom = map.getZoom();
    const far = zoom < REGION_ZOOM;
    const on = (far || ((!embedded || zoom >= DISTRICT_ZOOM) && zoom < CLUSTER_ZOOM)) && track === null;
    const { bubbles, inView } = cluster(fleet, viewBox(0.1), Math.floor(zoom * 2) / 2, shown, far ? 1 : CROWD);
    vehicles.setCrowd(inView);
    setData('clusters', (on ? bubbles : []).map(({ lon, lat, n }) => ({
      type: 'Feature', properties: { n, label: n > 999 ? `${(n / 1000).toFixed(1)}k` : String(n) }, geometry: { type: 'Point', coordinates: datum.toMap(lon, lat) },
    })));
  }

  function drawPlates(): void {
    const on = map.getZoom() >= LABEL_ZOOM && track === null;
    const slots: number[] = [];
    if (on) {
      const box = viewBox();
      for (let slot = 0; slot < fleet.count && slots.length <= LABEL_LIMIT; slot++) {
        if (!hasPosition(fleet, slot) || (shown & (1 << fleet.status[slot]!)) === 0) continue;
        if (fleet.x[slot]! > box[0] && fleet.x[slot]! < box[2] && fleet.y[slot]! > box[1] && fleet.y[slot]! < box[3]) slots.push(slot);
      }
    }
    if (slots.length > LABEL_LIMIT) slots.length = 0;
    const chosen = slotOf(selected);
    if (chosen !== null && hasPosition(fleet, chosen) && track === null && !slots.includes(chosen)) slots.push(chosen);
    const features: GeoJSON.Feature[] = [];
    for (const slot of slots) {
      const name = nameOf(fleet.no[slot]!);
      // Where plates would lie on one another, the chosen car's is the one that is drawn.
      if (name) features.push({ type: 'Feature', properties: { plate: name.plate, rank: slot === chosen ? 0 : 1 }, geometry: { type: 'Point', coordinates: shownAt(...drawnAt(fleet, slot, now())) } });
    }
    setData('plates', features);
    void askNames(slots.map((slot) => fleet.no[slot]!)).then((learnt) => learnt && drawPlates());
  }

  function keepFollowing(): void {
    const slot = slotOf(followed);
    if (slot === null || !hasPosition(fleet, slot) || now() < flightUntil || map.isZooming()) return;
    const center = shownAt(fleet.x[slot]!, fleet.y[slot]!);
    if (still) map.easeTo({ center, offset: aim(), duration: 0 });
    else map.easeTo({ center, offset: aim(), duration: Math.max(300, fleet.glide[slot]!), easing: (part) => part, essential: true });
  }

  function drawSummaries(): void {
    if (!ready) return;
    drawCounts();
    drawClusters();
    drawPlates();
    emphasise();
  }

  function repaintTheme(): void {
    const colours = palette(theme());
    vehicles.setLook(colours.vehicles);
    for (const layer of layers(colours, texts, config)) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name as never, value as never);
      const text = 'layout' in layer ? (layer.layout as Record<string, unknown> | undefined)?.['text-field'] : undefined;
      if (text) map.setLayoutProperty(layer.id, 'text-field', text as never);
    }
    if (track) source('track')?.setData(trackFeatures(trackOn(datum, track), colours.speeds));
  }

  map.on('load', () => {
    const colours = palette(theme());
    vehicles.setLook(colours.vehicles);
    map.addLayer(vehicles, VEHICLES_BENEATH);
    ready = true;
    for (const run of whenReady.splice(0)) run();
    drawSummaries();
  });
  void Promise.all([fetch('/basemap/districts.geojson'), fetch('/basemap/labels.geojson')])
    .then((answers) => Promise.all(answers.map((answer) => answer.json())))
    .then(([shapes, points]: GeoJSON.FeatureCollection[]) => {
      districts = readDistricts(shapes!);
      labelPoints = points!.features;
      drawSummaries();
    })
    .catch(() => {
      // Without the districts there are no counts; the vehicles are drawn all the same.
    });

  const offFleet = live.onFleet((slots) => {
    vehicles.update(slots);
    const slot = slotOf(followed);
    if (slot !== null && (slots === null || slots.includes(slot))) keepFollowing();
  });
  const offTheme = onTheme(() => ready && repaintTheme());
  const ticker = setInterval(() => !document.hidden && drawSummaries(), 1000);
  map.on('moveend', drawSummaries);

  const pickAt = (point: { x: number; y: number }): number | null => {
    if (track) return null;
    const at = map.unproject([point.x, point.y]);
    const [x, y] = toFixed(...datum.fromMap(at.lng, at.lat));
    const reach = (Math.max(10, pointSize(map.getZoom()) * 0.7) * WORLD) / (512 * 2 ** map.getZoom());
    return pickSlot(fleet, x, y, reach, shown, now());
  };
  map.on('click', (event) => {
    if (placeListener) return placeListener(...datum.fromMap(event.lngLat.lng, event.lngLat.lat));
    const bubble = ready ? map.queryRenderedFeatures(event.point, { layers: ['clusters'] })[0] : undefined;
    if (bubble) return void map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 });
    const slot = pickAt(event.point);
    pickListener(slot === null ? null : fleet.no[slot]!);
  });
  map.on('mousemove', (event) => {
    if (placeListener) return;
    const slot = pickAt(event.point);
    const no = slot === null ? null : fleet.no[slot]!;
    if (no === hovered) return;
    hovered = no;
    map.getCanvas().style.cursor = no === null ? '' : 'pointer';
    emphasise();
  });
  map.on('dragstart', () => dragListener());

  /** The camera's aim: the middle of what no panel covers. */
  const aim = (): [number, number] => [(padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2];
  const around = (more: number): Padding => ({ top: padding.top + more, right: padding.right + more, bottom: padding.bottom + more, left: padding.left + more });
  const isInSight = (lon: number, lat: number): boolean => {
    const at = map.project(datum.toMap(lon, lat));
    const canvas = map.getCanvas();
    return (
      at.x > padding.left + 40 &&
      at.x < canvas.clientWidth - padding.right - 40 &&
      at.y > padding.top + 40 &&
      at.y < canvas.clientHeight - padding.bottom - 40
    );
  };
  const later = (run: () => void) => (ready ? run() : void whenReady.push(run));
  const fly = !still;

  return {
    id: crypto.randomUUID?.() ?? String(Math.random()),
    map,
    setTexts: (next) => {
      texts = next;
      map.removeControl(attribution);
      attribution = new AttributionControl({ compact: false, customAttribution: texts.attribution });
      map.addControl(attribution, 'bottom-right');
      map.getCanvas().setAttribute('aria-label', texts.canvas);
      later(repaintTheme);
    },
    setPadding: (next) => {
      padding = next;
    },
    districtAt: (lon, lat) => {
      const [x, y] = toFixed(lon, lat);
      const found = districts.find((district) => isInside(district, x, y));
      return found ? found[texts.nameField] : null;
    },
    center: () => datum.fromMap(map.getCenter().lng, map.getCenter().lat),
    select: (no) => {
      selected = no;
      later(drawSummaries);
    },
    follow: (no) => {
      followed = no;
      if (no === null) return;
      const slot = slotOf(no);
      if (slot !== null && hasPosition(fleet, slot)) {
        const center = shownAt(...drawnAt(fleet, slot, now()));
        flightUntil = now() + (fly ? 850 : 0);
        map.easeTo({ center, offset: aim(), zoom: Math.max(map.getZoom(), 14.5), duration: fly ? 800 : 0 });
      }
    },
    setShown: (mask) => {
      shown = mask;
      vehicles.setShown(mask);
      later(drawSummaries);
    },
    setStale: vehicles.setStale,
    flyToVehicle: (no) => {
      const slot = slotOf(no);
      if (slot === null || !hasPosition(fleet, slot)) return false;
      map.easeTo({ center: shownAt(...drawnAt(fleet, slot, now())), offset: aim(), zoom: Math.max(map.getZoom(), 14), duration: fly ? 900 : 0 });
      return true;
    },
    isInSight,
    showTrack: (next) => {
      const fresh = next !== null && next !== track;
      const shownTrack = next && trackOn(datum, next);
      track = next;
      vehicles.setShown(next ? 0 : shown);
      if (!next) head.remove();
      later(() => {
        source('track')?.setData(shownTrack ? trackFeatures(shownTrack, palette(theme()).speeds) : NOTHING);
        if (!next) setData('stops', []);
        drawSummaries();
      });
      const bounds = fresh && shownTrack ? trackBounds(shownTrack) : null;
      // The panel has just taken its height: what it covers is measured in the next frame.
      if (bounds) setTimeout(() => track === next && map.fitBounds(bounds, { padding: around(48), maxZoom: 16, duration: fly ? 700 : 0 }), 80);
    },
    showStops: (stops) =>
      later(() =>
        void setData('stops', stops.map(({ stop, label }) => ({ type: 'Feature', properties: { label }, geometry: { type: 'Point', coordinates: datum.toMap(stop.lon, stop.lat) } }))),
      ),
    showHead: (next, keepInView) => {
      if (!next) return void head.remove();
      const center = datum.toMap(next.lon, next.lat);
      head.setLngLat(center).setRotation(next.heading);
      if (!head.getElement().isConnected) head.addTo(map);
      if (!keepInView || map.isMoving()) return;
      if (!isInSight(next.lon, next.lat)) map.easeTo({ center, offset: aim(), duration: fly ? 500 : 0 });
    },
    fitFleet: () => {
      let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let slot = 0; slot < fleet.count; slot++) {
        if (!hasPosition(fleet, slot)) continue;
        west = Math.min(west, fleet.x[slot]!);
        east = Math.max(east, fleet.x[slot]!);
        north = Math.min(north, fleet.y[slot]!);
        south = Math.max(south, fleet.y[slot]!);
      }
      if (east < west) return void map.easeTo({ center: datum.toMap(...config.center), zoom: config.zoom });
      map.fitBounds([shownAt(west, south), shownAt(east, north)], { padding: around(40), maxZoom: 14, duration: fly ? 700 : 0 });
    },
    zoomBy: (step) => map.easeTo({ zoom: map.getZoom() + step, duration: fly ? 250 : 0 }),
    toMap: datum.toMap,
    showBounds: (bounds) => void map.fitBounds(bounds, { padding: around(48), maxZoom: 15, duration: fly ? 700 : 0 }),
    onPick: (listener) => {
      pickListener = listener;
    },
    onPlace: (listener) => {
      placeListener = listener;
      map.getCanvas().style.cursor = listener ? 'crosshair' : '';
    },
    onDrag: (listener) => {
      dragListener = listener;
    },
    destroy: () => {
      offFleet();
      offTheme();
      clearInterval(ticker);
      map.remove();
    },
  };
}

/** The playback's own vehicle: an arrow on a disc. */
function headElement(): HTMLElement {
  const holder = document.createElement('div');
  holder.className = 'track-head';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 34 34');
  svg.setAttribute('aria-hidden', 'true');
  for (const [tag, attributes] of [
    ['circle', { cx: '17', cy: '17', r: '14.5', class: 'track-head-disc' }],
    ['path', { d: 'M17 8 23.5 24.5 17 20.8 10.5 24.5Z', class: 'track-head-arrow' }],
  ] as const) {
    const part = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  }
  holder.append(svg);
  return holder;
}
