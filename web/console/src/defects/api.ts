/** What the page of defects asks of the API (缺陷接口): the service tells them car by car, so the cars are asked in turn. */

import { keepPreviousData, type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, get } from '../api/client';
import type { components } from '../api/schema';
import type { VehicleDetail, VehiclePage, VehicleSummary } from '../api/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

export type Defect = With<Written<Schemas['DefectView']>, { item: 'brakes' | 'tyres' | 'lights' | 'fluids' | 'papers'; closing: Written<Schemas['DefectClosingView']> | null }>;
interface DefectList {
  items: Defect[];
  may_close: boolean;
}
export type Car = Pick<VehicleSummary, 'id' | 'plate' | 'unit_name'>;
/** A defect with the car that has it. */
export interface CarDefect {
  car: Car;
  defect: Defect;
  may_close: boolean;
}
export interface Looked {
  /** How many cars were asked for this part. */
  cars: number;
  /** How many there are in all. */
  total: number;
  items: CarDefect[];
  next: string | null;
}
export interface DefectFilter {
  q: string;
  unit_id: string;
  /** One car alone. */
  vehicle: string | null;
}

/** Cars of a part. */
const PART = 50;
/** Questions that are under way at once. */
const AT_ONCE = 6;

/** Does something with each, so many at once; the answers stand where the questions stood. */
export async function each<T, R>(items: readonly T[], atOnce: number, ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(items.length);
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const at = next++;
      answers[at] = await ask(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return answers;
}

async function ofCar(car: Car, signal: AbortSignal): Promise<CarDefect[]> {
  try {
    const list = await get<DefectList>(`/vehicles/${encodeURIComponent(car.id)}/defects`, {}, signal);
    return list.items.map((defect) => ({ car, defect, may_close: list.may_close }));
  } catch (error) {
    // A car that has left the scope meanwhile has no defects here.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

async function look({ q, unit_id, vehicle }: DefectFilter, after: string, signal: AbortSignal): Promise<Looked> {
  if (vehicle !== null) {
    const car = await get<VehicleDetail>(`/vehicles/${encodeURIComponent(vehicle)}`, {}, signal);
    return { cars: 1, total: 1, items: await ofCar(car, signal), next: null };
  }
  const page = await get<VehiclePage>('/vehicles', { q, unit_id, after, limit: PART }, signal);
  const found = await each(page.items, AT_ONCE, (car) => ofCar(car, signal));
  return { cars: page.items.length, total: page.counts.total, items: found.flat(), next: page.next };
}

export function useDefects(filter: DefectFilter) {
  return useInfiniteQuery({
    queryKey: ['defects', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => look(filter, pageParam, signal),
    getNextPageParam: (part) => part.next || undefined,
    placeholderData: keepPreviousData,
    // Every car is a question of its own: they are not asked again by themselves.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Puts a defect that was closed in the place of what was known of it: no car is asked again for that. */
export function useClosed() {
  const queries = useQueryClient();
  return (closed: Defect) =>
    queries.setQueriesData<InfiniteData<Looked>>(
      { queryKey: ['defects'] },
      (known) => known && { ...known, pages: known.pages.map((part) => ({ ...part, items: part.items.map((one) => (one.defect.id === closed.id ? { ...one, defect: closed } : one)) })) },
    );
}

/** Open ones first, of these the ones that keep a car from driving; each part from the newest on. */
export function inOrder(items: readonly CarDefect[]): CarDefect[] {
  const rank = ({ defect }: CarDefect) => (defect.closing ? 2 : defect.is_safety ? 0 : 1);
  return [...items].sort((a, b) => rank(a) - rank(b) || Date.parse(b.defect.reported_at) - Date.parse(a.defect.reported_at));
}
