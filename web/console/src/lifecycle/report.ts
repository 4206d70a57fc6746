/** The annual report at the service (年度统计报告接口): one report, those below it, its steps, and figures as people read them. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get, post, url } from '../api/client';
import type { components } from '../api/schema';
import { number } from '../ui/format';

type Schemas = components['schemas'];
export type Report = Schemas['AnnualReportView'];
export type ReportList = Schemas['AnnualReportList'];
export type Line = Schemas['AnnualLineView'];
export type Sum = Schemas['AnnualSumView'];
export type Rate = Schemas['AnnualRateView'];
export type Issue = Schemas['AnnualIssueView'];

/** The way of a report, in its order; a report that was returned begins it again. */
export const WAY = ['draft', 'checked', 'signed', 'submitted', 'accepted'] as const;
/** Sections, in the order of the printed report. */
export const SECTIONS = ['stock', 'establishment', 'use', 'energy', 'cost', 'supervision'] as const;
/** Steps that nobody makes without a word. */
const WITH_REASON = ['refuse', 'return', 'reopen'];
export const needsReason = (action: string) => WITH_REASON.includes(action);
/** The step that leads on, where there is one; the others lead back. */
export const leadsOn = (action: string) => ['check', 'sign', 'submit', 'accept'].includes(action);

const path = (unit: string, year: number, rest = '') => `/annual-reports/${encodeURIComponent(unit)}/${year}${rest}`;

export function useReport(unit: string, year: number, version: number | null) {
  return useQuery({
    queryKey: ['annual', unit, year, version],
    queryFn: ({ signal }) => get<Report>(path(unit, year), version ? { version } : {}, signal),
    placeholderData: keepPreviousData,
  });
}

export function useReports(unit: string, year: number) {
  return useQuery({
    queryKey: ['annual', 'list', unit, year],
    queryFn: ({ signal }) => get<ReportList>('/annual-reports', { unit_id: unit, year }, signal),
    placeholderData: keepPreviousData,
  });
}

export const makeStep = (report: Report, action: string, reason: string, key: string) => post<Report>(path(report.unit_id, report.year, '/steps'), { action, reason }, key);
export const workbook = (report: Report) => url(path(report.unit_id, report.year, '/workbook'), report.version ? { version: report.version } : {});

const MEASURES: Record<string, { by: number; digits: number }> = {
  count: { by: 1, digits: 0 },
  days: { by: 1, digits: 0 },
  metres: { by: 1000, digits: 1 },
  millilitres: { by: 1000, digits: 1 },
  watt_hours: { by: 1000, digits: 1 },
  grams: { by: 1000, digits: 1 },
  fen: { by: 100, digits: 2 },
};

/** A figure as people read it: kilometres, litres, kilowatt-hours, kilograms, yuan. */
export function shown(measure: string, amount: number | null | undefined): string {
  const { by, digits } = MEASURES[measure] ?? MEASURES.count!;
  return amount === null || amount === undefined ? number(null) : number(amount / by, digits);
}

/** What was added to the year before, with its sign; nothing where that year is not known. */
export function difference(sum: Sum): string {
  if (sum.before === null || sum.before === undefined) return '';
  const more = sum.total - sum.before;
  return more === 0 ? '±0' : `${more > 0 ? '+' : '−'}${shown(sum.measure, Math.abs(more))}`;
}

/** Quotients that are shares are read in per cent. */
const PLAIN = ['fuel_per_100km', 'energy_per_100km', 'cost_per_km'];
export function quotient(rate: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return number(null);
  return PLAIN.includes(rate) ? number(value, 2) : `${number(value * 100, 1)}%`;
}

/** The figures of a section that stand in a line or a sum of it: columns of nothing are left out. */
export function columnsOf(report: Report, section: string): Sum[] {
  const always = section === 'stock' || section === 'establishment';
  return report.sums.filter((sum) => sum.section === section && (always || sum.total !== 0 || Boolean(sum.before)));
}

/** The lines that say anything in a section. */
export function linesOf(report: Report, section: string): Line[] {
  const items = new Set(report.sums.filter((sum) => sum.section === section).map((sum) => sum.item));
  return report.total.filter((line) => Object.entries(line.figures).some(([item, amount]) => items.has(item) && amount !== 0));
}

/** How full a section is, in per cent: cars of which nothing lacks. */
export function filled(progress: { cars: number; lacking: number }): number {
  return progress.cars === 0 ? 100 : Math.round(((progress.cars - progress.lacking) / progress.cars) * 100);
}
