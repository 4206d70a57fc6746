/** Clicks on the map while the sheet is open (地图选点): they fill the field that waits for one, and choose no vehicle. */

import { useEffect, useRef } from 'react';
import { useMap } from '../app/services';
import { language, useText } from '../i18n';
import type { Draft } from './form';
import { nameAt } from './on-map';

export function usePicking(onPlace: (place: Draft) => void): { center: () => void } {
  const t = useText();
  const map = useMap();
  const latest = useRef(onPlace);
  useEffect(() => {
    latest.current = onPlace;
  });
  const named = (lon: number, lat: number): Draft => ({ name: map ? nameAt(map, lon, lat, language() === 'en' ? 'name_en' : 'name', (name) => t('apply.near', { name })) : '', lon, lat });
  const naming = useRef(named);
  useEffect(() => {
    naming.current = named;
  });
  useEffect(() => {
    if (!map) return undefined;
    map.onPlace((lon, lat) => latest.current(naming.current(lon, lat)));
    return () => map.onPlace(null);
  }, [map]);
  return { center: () => map && latest.current(named(...map.center())) };
}
