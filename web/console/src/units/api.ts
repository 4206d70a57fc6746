/** What the organisation pages ask of the API (机构接口): the tree, one unit, decisions, lines, tables. */

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, put, remove, upload } from '../api/client';
import type { Items } from '../api/types';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type UnitTree = Written<Schemas['UnitTreeView']>;
export type UnitView = Written<Schemas['UnitView']>;
export type UnitFound = UnitView & { above: string[] };
export type Chapter = Written<Schemas['ChapterView']>;
export type UnitDetail = UnitView & Omit<Written<Schemas['UnitDetail']>, keyof UnitView | 'history'> & { above: string[]; history: Chapter[] };
export type Effects = Written<Schemas['UnitEffects']>;
export type Line = Written<Schemas['LineItem']>;
export type Member = Written<Schemas['LineMember']>;
export type Sheet = Written<Schemas['SheetView']> & { subject: Subject | null; error_title: string | null };
export type Imported = Omit<Written<Schemas['ImportView']>, 'sheets'> & { sheets: Sheet[] };
export type Subject = 'units' | 'accounts' | 'vehicles';
export type Act = 'change' | 'move' | 'merge' | 'close' | 'restore';

/** The facts of a unit as they are typed in. */
export interface Facts {
  name: string;
  level: number;
  region_code: string;
  kind: string;
  credit_code: string | null;
  lon: number | null;
  lat: number | null;
}

/** A decision about a unit: what, from which day, by which document, why. */
export interface Decision {
  act: Act;
  on: string;
  document: string;
  reason: string;
  facts?: Facts;
  target_id?: string;
}

/** What is said of the sheets of a file, by name. */
export type Said = Record<string, { subject?: Subject; skip?: boolean; columns?: Record<string, number | null> }>;

export function useTree() {
  return useQuery({ queryKey: ['unit-tree'], queryFn: ({ signal }) => get<UnitTree>('/units/tree', {}, signal), staleTime: 60_000 });
}

export function useUnit(id: string | null) {
  return useQuery({
    queryKey: ['unit', id],
    enabled: id !== null,
    queryFn: ({ signal }) => get<UnitDetail>(`/units/${encodeURIComponent(id!)}`, {}, signal),
  });
}

export function searchUnits(q: string, limit: number, signal?: AbortSignal) {
  return get<Items<UnitFound>>('/units/search', { q, limit }, signal);
}

export function useSearch(q: string, limit = 30) {
  return useQuery({
    queryKey: ['unit-search', q, limit],
    enabled: q !== '',
    queryFn: ({ signal }) => searchUnits(q, limit, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function useEffects(id: string, decision: Decision, wanted: boolean) {
  return useQuery({
    queryKey: ['unit-effects', id, decision.act, decision.on, decision.target_id ?? null],
    enabled: wanted,
    queryFn: () => post<Effects>(`/units/${encodeURIComponent(id)}/acts/preview`, decision),
    staleTime: 0,
  });
}

export const decide = (id: string, decision: Decision, key: string) => post<UnitView>(`/units/${encodeURIComponent(id)}/acts`, decision, key);
export const found = (body: object, key: string) => post<UnitView>('/units', body, key);

export function useLines() {
  return useQuery({ queryKey: ['lines'], queryFn: ({ signal }) => get<Items<Line>>('/lines', {}, signal) });
}
export function useMembers(line: string | null) {
  return useQuery({
    queryKey: ['line-units', line],
    enabled: line !== null,
    queryFn: ({ signal }) => get<Items<Member>>(`/lines/${line}/units`, {}, signal),
  });
}
export const addLine = (body: object, key: string) => post<Line>('/lines', body, key);
export const putIntoLine = (line: string, unit: string, above: string | null) => put<void>(`/lines/${line}/units/${unit}`, { parent_id: above });
export const takeOut = (line: string, unit: string) => remove(`/lines/${line}/units/${unit}`);

const asked = (file: File, said: Said) => ({ file: file.name, mapping: Object.keys(said).length ? JSON.stringify(said) : '' });
export const lookThrough = async (file: File, said: Said) => (await upload('/imports/preview', file, asked(file, said))).json() as Promise<Imported>;
export const loadFile = async (file: File, said: Said) => (await upload('/imports', file, asked(file, said))).json() as Promise<Imported>;
export const badRows = async (file: File, said: Said) => (await upload('/imports/rejected', file, asked(file, said))).blob();

/** After a change of units everything that shows them is asked again. */
export function useForget() {
  const queries = useQueryClient();
  return () => {
    for (const key of ['unit-tree', 'unit', 'unit-search', 'units', 'lines', 'line-units']) void queries.invalidateQueries({ queryKey: [key] });
  };
}

/** Today in Beijing, as the service counts days. */
export function today(): string {
  return new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);
}
