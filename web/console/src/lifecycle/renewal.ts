/** A plan of renewal (更新规划): what is tried, how it is asked for, and a car's reason in words. */

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { post } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

type Second = Written<Schemas['RenewalSecond']>;
type ScorePart = Written<Schemas['RenewalScorePart']>;
export type PlannedCar = Omit<Written<Schemas['PlannedCar']>, 'second' | 'score_parts' | 'life'> & { second: Second | null; score_parts: ScorePart[]; life: Written<Schemas['RenewalLife']> };
export type RenewalYear = Written<Schemas['RenewalYear']>;
export type RenewalTarget = Written<Schemas['RenewalTargetView']>;
export type Contradiction = Written<Schemas['RenewalContradiction']>;
export type RenewalPlan = Omit<Written<Schemas['RenewalPlan']>, 'items' | 'years' | 'targets' | 'contradictions'> & {
  items: PlannedCar[];
  years: RenewalYear[];
  targets: RenewalTarget[];
  contradictions: Contradiction[];
};

/** What is tried; null: what the register says, and no budget. */
export interface Trial {
  unit_id: string;
  /** Ten thousand yuan a year. */
  budget: number[] | null;
  nev_flow: number | null;
  /** At the end of the last year. */
  nev_stock: number | null;
  mean_age: number | null;
  range_km: number | null;
  cold_pct: number | null;
}

export const START: Trial = { unit_id: '', budget: null, nev_flow: null, nev_stock: null, mean_age: null, range_km: null, cold_pct: null };

/** Ten thousand yuan, in fen. */
export const TEN_THOUSAND = 1_000_000;

/** What the service is asked: what stands at the end of the last year alone is nothing before. */
export function bodyOf(trial: Trial, years: number): Record<string, unknown> {
  const last = (value: number) => [...Array<null>(Math.max(0, years - 1)).fill(null), value];
  return {
    unit_id: trial.unit_id || null,
    ...(trial.budget && { budget_fen: trial.budget.map((amount) => amount * TEN_THOUSAND) }),
    ...(trial.nev_flow !== null && { nev_flow_pct: [trial.nev_flow] }),
    ...(trial.nev_stock !== null && { nev_stock_pct: last(trial.nev_stock) }),
    ...(trial.mean_age !== null && { mean_age_months: last(trial.mean_age) }),
    ...(trial.range_km !== null && { range_km: trial.range_km }),
    ...(trial.cold_pct !== null && { cold_pct: trial.cold_pct }),
  };
}

/** Budgets to begin with: what the plan spends without one, evened out over the years, in tens of thousands. */
export function evenBudget(years: readonly RenewalYear[]): number[] {
  const spent = years.reduce((sum, year) => sum + year.spent_fen, 0);
  const each = years.length === 0 ? 0 : Math.ceil(spent / years.length / TEN_THOUSAND);
  return years.map(() => each);
}

/** The steps of what was tried, so that the last can be taken back. */
export interface Steps {
  now: Trial;
  before: Trial[];
}

export function tried(steps: Steps, change: Partial<Trial>): Steps {
  return { now: { ...steps.now, ...change }, before: [...steps.before, steps.now].slice(-50) };
}

export function undone(steps: Steps): Steps {
  const now = steps.before.at(-1);
  return now ? { now, before: steps.before.slice(0, -1) } : steps;
}

/** The value as it was when nobody had changed it for a while: a slider is moved through many values. */
export function useSettled<T>(value: T, ms = 300): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

export function useRenewalPlan(trial: Trial, years: number) {
  const body = bodyOf(useSettled(trial), years);
  return useInfiniteQuery({
    queryKey: ['renewal-plan', body],
    queryFn: ({ pageParam }) => post<RenewalPlan>('/renewal-plan', { ...body, after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

type Text = (key: string, values?: Record<string, string | number>) => string;
type Option = Pick<PlannedCar, 'year' | 'new_car' | 'to_unit_name'> & { decision: string };

export const wholeYuan = (fen: number): string => `¥${Math.round(Math.abs(fen) / 100).toLocaleString('zh-CN')}`;

/** What is done, in words. */
export function optionOf(option: Option, t: Text): string {
  return t(`renewal.does_${option.decision}`, { year: option.year ?? '', car: option.new_car ?? '', unit: option.to_unit_name ?? '' });
}

/** A target in words, with its year. */
export function targetOf(kind: string, year: number | null | undefined, t: Text, unit = ''): string {
  return t(year ? 'renewal.target_of_year' : 'renewal.target_of_unit', { year: year ?? '', unit, target: t(`renewal.target_${kind}`) });
}

/** Why a car is planned so: its own cost, or the target that decided and what it is worth; and what would have been next best. */
export function reasonOf(car: PlannedCar, t: Text): string {
  const second = car.second;
  if (!second) return t('renewal.why_only');
  const other = optionOf(second, t);
  const next =
    second.costs_more_fen >= 0
      ? t('renewal.second_more', { option: other, by: wholeYuan(second.costs_more_fen) })
      : t('renewal.second_less', { option: other, by: wholeYuan(second.costs_more_fen) });
  if (!car.decided_by) return t('renewal.why_cheapest', { next });
  const target = targetOf(car.decided_by, car.decided_year, t, car.unit_name);
  return car.decided_fen > 0 ? t('renewal.why_target', { target, by: wholeYuan(car.decided_fen), next }) : t('renewal.why_full', { target, next });
}

/** Whether a battery would do, with the figure that decided. */
export function electricOf({ electric }: PlannedCar, t: Text): string {
  const pct = (days: number) => (electric.days === 0 ? 0 : Math.floor((days * 100) / electric.days));
  return t(`renewal.electric_${electric.figure}`, {
    fit: t(`renewal.fit_${electric.fit}`),
    days: electric.days,
    with: pct(electric.days_with_pile),
    without: pct(electric.days_without),
    longest: Math.round(electric.longest_m / 1000),
    cold: Math.round(electric.cold_m / 1000),
  });
}
