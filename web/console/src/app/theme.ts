/** Light or dark: the person's wish, else the system's. */

import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const KEY = 'motorpool.theme';
const listeners = new Set<() => void>();

export function theme(): Theme {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

export function setTheme(next: Theme): void {
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser that forbids storage still gets the theme, until the page is closed.
  }
  for (const listener of listeners) listener();
}

export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(onTheme, theme);
}

export function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
