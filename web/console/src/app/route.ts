/** Where one is: the path and the search parameters, so that a view can be shared and Back works. */

import { useSyncExternalStore } from 'react';

export interface Place {
  path: string;
  params: URLSearchParams;
}

const listeners = new Set<() => void>();
let place = read();

function read(): Place {
  return { path: location.pathname, params: new URLSearchParams(location.search) };
}

function changed(): void {
  place = read();
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', changed);

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => place,
  );
}

export function currentPlace(): Place {
  return place;
}

export function go(target: string, how: 'push' | 'replace' = 'push'): void {
  if (target === location.pathname + location.search) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', target);
  changed();
}

/** Sets (or, with null, takes away) parameters of the map's own address. */
export function setParams(change: Record<string, string | null>, how: 'push' | 'replace' = 'push'): void {
  const params = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(change)) {
    if (value === null || value === '') params.delete(key);
    else params.set(key, value);
  }
  const text = params.toString();
  go(location.pathname + (text ? `?${text}` : ''), how);
}

/** Lets a plain link be followed without loading the page anew. */
export function followLink(event: React.MouseEvent<HTMLAnchorElement>): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const target = event.currentTarget.getAttribute('href') ?? '/';
  // The driver's terminal is another application.
  if (target.startsWith('/driver/')) return;
  event.preventDefault();
  go(target);
}
