/** What a telephone has: its place, a screen that stays on, a clock, and the night. */

import { useEffect, useRef, useState } from 'react';
import type { Place } from './order';
import { distance, moved, STILL, type Fix, type Motion } from './speed';
import { isNight } from './sun';
import { onBefore, tap } from './terminal';

export function useClock(ms = 1000): number {
  const [at, setAt] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setAt(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return at;
}

function fixOf({ coords, timestamp }: GeolocationPosition): Fix {
  const speed = coords.speed;
  return { at: timestamp, lon: coords.longitude, lat: coords.latitude, speed_kmh: speed === null || Number.isNaN(speed) ? null : speed * 3.6, accuracy_m: coords.accuracy };
}

/** Where the telephone is, once; null: it does not say in time. */
export function whereAmI(ms = 4000): Promise<Fix | null> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    navigator.geolocation.getCurrentPosition((position) => resolve(fixOf(position)), () => resolve(null), { timeout: ms, maximumAge: 20_000, enableHighAccuracy: true });
  });
}

/** A place is kept every so often, or after so many metres. */
const EVERY_MS = 10_000;
const EVERY_M = 50;
/** And written down this often, and before every tap. */
const WRITE_MS = 30_000;

/**
 * How the telephone moves while an order is on the road, with its way for the service. At any other time nobody asks where it is: the
 * watch ends with the order.
 */
export function useWay(order: string | null): Motion {
  const [motion, setMotion] = useState<Motion>(STILL);
  const buffer = useRef<Fix[]>([]);
  useEffect(() => {
    if (!order || !navigator.geolocation) return undefined;
    const write = async () => {
      const items = buffer.current.splice(0, 500).map((fix) => ({ at: new Date(fix.at).toISOString(), lon: fix.lon, lat: fix.lat, speed_kmh: fix.speed_kmh, accuracy_m: fix.accuracy_m }));
      if (items.length > 0) await tap('positions', order, { items });
    };
    const seen = (position: GeolocationPosition) => {
      const fix = fixOf(position);
      setMotion((before) => moved(before, fix));
      const last = buffer.current.at(-1);
      if (!last || fix.at - last.at >= EVERY_MS || distance(last, fix) >= EVERY_M) buffer.current.push(fix);
    };
    const watch = navigator.geolocation.watchPosition(seen, () => setMotion(STILL), { enableHighAccuracy: true, maximumAge: 2000 });
    const timer = setInterval(() => void write(), WRITE_MS);
    onBefore(write);
    return () => {
      navigator.geolocation.clearWatch(watch);
      clearInterval(timer);
      onBefore(null);
      buffer.current = [];
      setMotion(STILL);
    };
  }, [order]);
  return motion;
}

export type Awake = 'on' | 'off' | 'none';

/** Keeps the screen on while it is wanted; a browser gives that up whenever the page is hidden, so it is asked for again. */
export function useAwake(wanted: boolean): { state: Awake; ask: () => void } {
  const [state, setState] = useState<Awake>('wakeLock' in navigator ? 'off' : 'none');
  const lock = useRef<WakeLockSentinel | null>(null);
  const ask = () => {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible' || (lock.current && !lock.current.released)) return;
    navigator.wakeLock.request('screen').then(
      (held) => {
        lock.current = held;
        setState('on');
        held.addEventListener('release', () => setState('off'));
      },
      () => setState('off'),
    );
  };
  useEffect(() => {
    if (!wanted) return undefined;
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      document.removeEventListener('visibilitychange', ask);
      void lock.current?.release();
      lock.current = null;
    };
  }, [wanted]);
  return { state, ask };
}

/** A car at night is dark, and so is the screen in it; elsewhere the person's own wish holds. */
export function useNight(isDriving: boolean, place: Place | null): void {
  const minute = Math.floor(useClock(30_000) / 60_000);
  useEffect(() => {
    const root = document.documentElement;
    if (!isDriving) return undefined;
    const own = root.dataset.theme;
    root.dataset.theme = isNight(minute * 60_000, place?.lon ?? 120.15, place?.lat ?? 30.25) ? 'dark' : 'light';
    return () => {
      root.dataset.theme = own;
    };
  }, [isDriving, minute, place?.lon, place?.lat]);
}

/** The address behind `#`: one page that is there without the network, and a Back button that works. */
export function usePath(): string[] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const heard = () => setHash(location.hash);
    addEventListener('hashchange', heard);
    return () => removeEventListener('hashchange', heard);
  }, []);
  return hash.replace(/^#\/?/, '').split('/').filter(Boolean);
}

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'replace') location.replace(`#/${path}`);
  else location.hash = `/${path}`;
}

/** A photo as small as a receipt can be read: it waits on the telephone and goes over a thin line. */
export async function smaller(file: Blob, longest = 1600): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const share = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * share)), Math.max(1, Math.round(picture.height * share)));
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.72 });
}
