/** What the page of sensitive places asks of the API (敏感地点接口), and what is typed in there. */

import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Place = Written<Schemas['SensitivePlaceView']>;
export interface PlaceList {
  items: Place[];
  classes: string[];
  may_change: boolean;
}

export function usePlaces() {
  return useQuery({ queryKey: ['places'], queryFn: ({ signal }) => get<PlaceList>('/sensitive-places', {}, signal) });
}

/** Degrees or metres as they were typed; what is no number is none. */
export function figure(text: string): number | null {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Two figures that were pasted into one field, as maps of the public hand them out (`120.15507, 30.27408`); null where it is not two. */
export function pasted(text: string): [string, string] | null {
  const [, lon, lat] = /^\s*(\d{2,3}(?:\.\d+)?)\s*[,，\s]\s*(\d{1,2}(?:\.\d+)?)\s*$/.exec(text) ?? [];
  return lon !== undefined && lat !== undefined ? [lon, lat] : null;
}

/** Places of a kind whose name holds the text. */
export function placesOf(places: readonly Place[], kind: string, text: string): Place[] {
  const q = text.trim().toLowerCase();
  return places.filter((one) => (kind === '' || one.class === kind) && (q === '' || one.name.toLowerCase().includes(q)));
}
