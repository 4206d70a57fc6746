/**
 * A small map (小地图) of the embedded basemap: where places are, and a click for a new one. Drawn as SVG: the map of the console is
 * some 300 KB, and there is one of it. With pictures from a server of one's own, places go in by their figures.
 */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { pathOf, type Point, type Projection, projectionAt } from './projection';

export interface Reach {
  id: string;
  name: string;
  lon: number;
  lat: number;
  radius_m: number;
}

interface SmallMapProps {
  places: readonly Reach[];
  chosen?: string | null;
  /** What is being entered. */
  draft?: Reach | null;
  onPlace?: (lon: number, lat: number) => void;
  onChoose?: (id: string) => void;
  height: number;
}

const LAYERS = [
  { name: 'ground', url: '/basemap/districts.geojson' },
  { name: 'water', url: '/basemap/water.geojson' },
  { name: 'road', url: '/api/v1/map/roads.geojson' },
] as const;
/** Pixels a unit, least and most; and where it begins. */
const SCALES: Point = [0.04, 24];
const FIRST_SCALE = 0.35;
/** A pointer that moved no farther was a click, px. */
const CLICK_PX = 4;

/** The basemap as paths: a river that is a line is not filled. */
function useGround(projection: Projection, isEmbedded: boolean) {
  return useQuery({
    queryKey: ['small-map'],
    enabled: isEmbedded,
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      Promise.all(
        LAYERS.map(async ({ name, url }) => {
          const answer = await fetch(url, { signal, credentials: 'same-origin' });
          if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
          const { features } = (await answer.json()) as GeoJSON.FeatureCollection;
          const paths = (isLine: boolean) => features.filter(({ geometry }) => /Line/.test(geometry.type) === isLine).map(({ geometry }) => pathOf(geometry, projection.to)).join('');
          return { name, area: paths(false), line: paths(true) };
        }),
      ),
  });
}

export function SmallMap({ places, chosen = null, draft = null, onPlace, onChoose, height }: SmallMapProps) {
  const t = useText();
  const { config } = useServices();
  const isEmbedded = config.map.layers.length === 0;
  const [lon, lat] = config.map.center;
  const projection = useMemo(() => projectionAt(lon, lat), [lon, lat]);
  const ground = useGround(projection, isEmbedded);
  const view = useView(projection, places, chosen, draft);
  const holder = useRef<SVGSVGElement>(null);
  const pointer = useRef<{ at: Point; moved: boolean } | null>(null);
  if (!isEmbedded) return null;
  const { center, scale, width } = view;
  const half: Point = [width / 2 / scale, height / 2 / scale];
  const at = (event: React.MouseEvent): Point => {
    const box = holder.current!.getBoundingClientRect();
    return [center[0] - half[0] + (event.clientX - box.left) / scale, center[1] - half[1] + (event.clientY - box.top) / scale];
  };
  const put = (point: Point) => onPlace?.(...(projection.from(...point).map((value) => Math.round(value * 1e6) / 1e6) as Point));
  const keys: Record<string, () => void> = {
    ArrowLeft: () => view.moveBy(-40, 0),
    ArrowRight: () => view.moveBy(40, 0),
    ArrowUp: () => view.moveBy(0, -40),
    ArrowDown: () => view.moveBy(0, 40),
    '+': () => view.zoomBy(1.5),
    '=': () => view.zoomBy(1.5),
    '-': () => view.zoomBy(1 / 1.5),
    Enter: () => put(center),
  };
  const circle = (place: Reach, kind: string) => {
    const [x, y] = projection.to(place.lon, place.lat);
    return (
      <g key={place.id} onClick={onChoose && (() => onChoose(place.id))}>
        <title>{place.name}</title>
        <circle className={`reach${kind}`} cx={x} cy={y} r={projection.metres(place.radius_m, place.lat)} />
        <circle className={`pin${kind === ' reach-new' ? ' pin-new' : ''}`} cx={x} cy={y} r={5 / scale} />
      </g>
    );
  };
  return (
    <div className="small-map" ref={view.measure}>
      <svg
        ref={holder}
        role="application"
        tabIndex={0}
        aria-label={t(onPlace ? 'places.map_pick' : 'places.map')}
        height={height}
        viewBox={[center[0] - half[0], center[1] - half[1], half[0] * 2, half[1] * 2].join(' ')}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
        onPointerDown={(event) => {
          pointer.current = { at: [event.clientX, event.clientY], moved: false };
        }}
        onPointerMove={(event) => {
          const from = pointer.current;
          if (!from || event.buttons === 0) return;
          const [dx, dy] = [event.clientX - from.at[0], event.clientY - from.at[1]];
          if (!from.moved && Math.hypot(dx, dy) <= CLICK_PX) return;
          if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
          pointer.current = { at: [event.clientX, event.clientY], moved: true };
          view.moveBy(-dx, -dy);
        }}
        onClick={(event) => {
          if (!pointer.current?.moved) put(at(event));
          pointer.current = null;
        }}
      >
        {ground.data?.map(({ name, area, line }) => (
          <g key={name} className={name}>
            <path className="area" d={area} />
            <path className="line" d={line} />
          </g>
        ))}
        {places.filter((place) => place.id !== draft?.id).map((place) => circle(place, place.id === chosen ? ' reach-chosen' : ''))}
        {draft && circle(draft, ' reach-new')}
        {onPlace && (
          <>
            <line className="cross" x1={center[0] - 8 / scale} x2={center[0] + 8 / scale} y1={center[1]} y2={center[1]} />
            <line className="cross" x1={center[0]} x2={center[0]} y1={center[1] - 8 / scale} y2={center[1] + 8 / scale} />
          </>
        )}
      </svg>
      <div className="small-map-tools" role="group" aria-label={t('places.map_tools')}>
        <Button look="quiet" icon="plus" aria-label={t('places.zoom_in')} onPress={() => view.zoomBy(1.8)} />
        <Button look="quiet" icon="minus" aria-label={t('places.zoom_out')} onPress={() => view.zoomBy(1 / 1.8)} />
      </div>
    </div>
  );
}

/** What of the map is seen; it goes to what is chosen, and to a draft that was typed out of sight. */
function useView(projection: Projection, places: readonly Reach[], chosen: string | null, draft: Reach | null) {
  const [center, setCenter] = useState<Point>([0, 0]);
  const [scale, setScale] = useState(FIRST_SCALE);
  const [width, setWidth] = useState(400);
  const box = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    if (!box.current) return undefined;
    const seen = new ResizeObserver(([entry]) => entry && setWidth(Math.max(120, entry.contentRect.width)));
    seen.observe(box.current);
    return () => seen.disconnect();
  }, []);
  const target = places.find((place) => place.id === chosen) ?? draft;
  const key = target ? `${target.lon},${target.lat}` : '';
  useEffect(() => {
    if (!target) return;
    const [x, y] = projection.to(target.lon, target.lat);
    const isSeen = Math.abs(x - center[0]) * scale < width * 0.45 && Math.abs(y - center[1]) * scale < 90;
    if (!isSeen || target.id === chosen) setCenter([x, y]);
    if (target.id === chosen) setScale((now) => Math.max(now, 1.6));
    // It goes there when the place becomes another, not while one looks around.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, chosen, projection]);
  return {
    center,
    scale,
    width,
    measure: (element: HTMLDivElement | null) => {
      box.current = element;
    },
    moveBy: (dx: number, dy: number) => setCenter(([x, y]) => [x + dx / scale, y + dy / scale]),
    zoomBy: (by: number) => setScale((now) => Math.min(SCALES[1], Math.max(SCALES[0], now * by))),
  };
}
