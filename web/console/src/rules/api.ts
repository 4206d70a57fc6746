/** Rules (规则与标准): what holds, how it came to be, and what is proposed; the shapes are the service's own. */

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../api/client';
import type { Items } from '../api/types';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

export type Cell = number | string | null;
export type Row = Record<string, Cell>;
/** A number, a list or rows; null is what the unit above says. */
export type Value = number | string[] | Row[] | null;

export type Bounds = Written<Schemas['BoundsView']>;
export type Column = With<Written<Schemas['RuleColumnView']>, { bounds: Bounds | null; holds: 'word' | 'text' | 'day' | 'number' | 'step' }>;
export type Shape = With<Written<Schemas['ShapeView']>, { bounds: Bounds | null; columns: Column[]; kind: 'number' | 'texts' | 'table' }>;
export type Version = With<Written<Schemas['VersionView']>, { value: Value }>;
export type Rule = With<
  Written<Schemas['RuleView']>,
  { value: Value; version: Version | null; shape: Shape; local: 'nowhere' | 'free' | 'not_below' | 'not_above'; reader: 'gateway' | 'calendar' | 'configuration' | 'papers' | 'later' }
>;
export type RuleList = With<Written<Schemas['RuleList']>, { items: Rule[] }>;
export type RuleDetail = With<Written<Schemas['RuleDetail']>, { rule: Rule; versions: Version[] }>;
export type ChangeState = 'draft' | 'submitted' | 'approved' | 'rejected' | 'withdrawn';
export type ChangeAction = 'submit' | 'approve' | 'reject' | 'withdraw';
export type Change = With<Written<Schemas['ChangeView']>, { value: Value; state: ChangeState; actions: ChangeAction[] }>;
export type Touched = 'vehicles' | 'trips' | 'stops' | 'events' | 'units' | 'accounts' | 'rows' | 'nothing';
export type Certainty = 'exact' | 'at_least' | 'at_most' | 'from_then_on' | 'not_stored' | 'no_data' | 'no_reader';
export type PlanPreview = With<Written<Schemas['PlanPreview']>, { before: Written<Schemas['PlanSummary']>; after: Written<Schemas['PlanSummary']> }>;
export type Effect = With<Written<Schemas['EffectView']>, { plan: PlanPreview | null; before: Value; after: Value; touched: Touched; certainty: Certainty }>;
export type DayKind = 'workday' | 'weekend' | 'holiday' | 'swap_workday';
export type CalendarDay = With<Written<Schemas['CalendarDayView']>, { kind: DayKind }>;
export type Calendar = With<Written<Schemas['CalendarView']>, { days: CalendarDay[] }>;

/** For whom and when; empty is the asker's own unit, and today. */
export interface Asked {
  unit: string;
  on: string;
}

export interface Thought {
  key: string;
  unit_id: string;
  from: string;
  value: Value;
  document: string | null;
}

export function useRules({ unit, on }: Asked) {
  return useQuery({ queryKey: ['rules', unit, on], queryFn: ({ signal }) => get<RuleList>('/rules', { unit_id: unit, on }, signal) });
}

export function useRule(key: string, { unit, on }: Asked) {
  return useQuery({ queryKey: ['rules', 'one', key, unit, on], queryFn: ({ signal }) => get<RuleDetail>(`/rules/${key}`, { unit_id: unit, on }, signal) });
}

export function useChanges() {
  return useQuery({ queryKey: ['rules', 'changes'], queryFn: ({ signal }) => get<Items<Change>>('/rules/changes', {}, signal), refetchInterval: 30_000 });
}

export function useCalendar(year: number, unit: string) {
  return useQuery({ queryKey: ['rules', 'calendar', year, unit], queryFn: ({ signal }) => get<Calendar>('/calendar', { year, unit_id: unit }, signal) });
}

export function useRulesChanged() {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ['rules'] });
}

export function preview(thought: Thought): Promise<Effect> {
  return post<Effect>('/rules/preview', thought);
}
