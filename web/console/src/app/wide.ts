/** Whether the screen is wide enough for the inbox to stay open beside the map (≥ 1440 px; web.md 4.2). */

import { useSyncExternalStore } from 'react';

const WIDE = '(min-width: 1440px)';

export function isWide(): boolean {
  return matchMedia(WIDE).matches;
}

export function useWide(): boolean {
  return useSyncExternalStore((changed) => {
    const query = matchMedia(WIDE);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, isWide);
}
