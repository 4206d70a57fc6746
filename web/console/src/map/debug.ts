/** What a test may ask the page: `window.__motorpool`. It reads; it changes nothing. */

import { drawnAt, STATUSES } from '../live/fleet';
import type { LiveClient } from '../live/client';
import type { MapHandle } from './map';
import { fromFixed } from './mercator';

export interface PlaybackDebug {
  day: string | null;
  at: number;
  from: number;
  to: number;
  playing: boolean;
  rate: number;
  lon: number;
  lat: number;
  fixes: number;
}

interface Debug {
  mapId: string;
  live: () => { state: string; vehicles: number; totals: number[] };
  vehicle: (no: number) => { lon: number; lat: number; status: string; speed: number; fixedAt: number } | null;
  camera: () => { lon: number; lat: number; zoom: number; idle: boolean };
  playback: () => PlaybackDebug | null;
}

declare global {
  interface Window {
    __motorpool?: Debug;
  }
}

let playback: () => PlaybackDebug | null = () => null;

export function exposePlayback(read: (() => PlaybackDebug | null) | null): void {
  playback = read ?? (() => null);
}

export function exposeDebug(handle: MapHandle, live: LiveClient): () => void {
  const { fleet } = live;
  window.__motorpool = {
    mapId: handle.id,
    live: () => ({ state: live.state(), vehicles: fleet.count, totals: [...fleet.totals] }),
    vehicle: (no) => {
      const slot = fleet.slotOf.get(no);
      if (slot === undefined) return null;
      const [lon, lat] = fromFixed(...drawnAt(fleet, slot, performance.now()));
      return { lon, lat, status: STATUSES[fleet.status[slot]! & 3]!, speed: fleet.speed[slot]!, fixedAt: fleet.fixedAt[slot]! };
    },
    camera: () => {
      const [lon, lat] = handle.center();
      return { lon, lat, zoom: handle.map.getZoom(), idle: !handle.map.isMoving() && handle.map.loaded() };
    },
    playback: () => playback(),
  };
  return () => {
    delete window.__motorpool;
  };
}
