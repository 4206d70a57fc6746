/** What every screen may use: who is signed in, the live channel, the map. One set a session. */

import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError, getBytes } from '../api/client';
import type { Config, Session } from '../api/types';
import { createLiveClient, type LiveClient, SignedOut } from '../live/client';
import type { MapHandle } from '../map/map';

export interface Services {
  session: Session;
  config: Config;
  live: LiveClient;
  signOut: () => void;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('no session here');
  return services;
}

export function openLive(onSignedOut: () => void): LiveClient {
  return createLiveClient({
    fetchSnapshot: async (signal) => {
      try {
        return await getBytes('/live/snapshot', signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) throw new SignedOut();
        throw error;
      }
    },
    openSocket: (since) => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live?since=${since}`),
    now: () => performance.now(),
    onSignedOut,
  });
}

/** Counts up at most four times a second while vehicles change: what React renders of them, it reads then. */
export function useLiveTick(live: LiveClient, ms = 250): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = live.onFleet(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setTick((count) => count + 1);
      }, ms);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [live, ms]);
  return tick;
}

/** Counts up once a second, for ages. */
export function useSecond(): number {
  const [second, setSecond] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSecond((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return second;
}

export function useLiveState(live: LiveClient) {
  return useSyncExternalStore(live.onState, live.state);
}

let handle: MapHandle | null = null;
const mapListeners = new Set<() => void>();

export function setMap(next: MapHandle | null): void {
  handle = next;
  for (const listener of mapListeners) listener();
}

export function useMap(): MapHandle | null {
  return useSyncExternalStore(
    (listener) => {
      mapListeners.add(listener);
      return () => mapListeners.delete(listener);
    },
    () => handle,
  );
}
