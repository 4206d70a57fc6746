/** What the pages of money ask of the API (费用接口): orders to be settled, allowances of units, the public register. */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiError, get, post } from '../api/client';
import type { components } from '../api/schema';
import type { Items } from '../api/types';
import type { Order } from '../trips/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type With<T, Change> = Omit<T, keyof Change> & Change;

/** Allowances of units (用车额度). */
export type Allowance = Written<Schemas['AllowanceView']>;
export type Allowances = With<Written<Schemas['AllowanceList']>, { items: Allowance[] }>;
export type EntryKind = 'grant' | 'allot' | 'loan' | 'carry' | 'hold' | 'release' | 'debit' | 'over_quota';
export type AllowanceEntry = With<Written<Schemas['AllowanceEntryView']>, { kind: EntryKind }>;
export type Adjustment = With<Written<Schemas['AdjustmentView']>, { kind: 'loan' | 'over_quota'; state: 'proposed' | 'approved' | 'rejected' }>;

/** Settlements of orders (结算). */
export type Basis = 'tariff' | 'expenses' | 'time_share';
export type CostLine = Written<Schemas['CostLineView']>;
export type Settlement = With<Written<Schemas['SettlementView']>, { basis: Basis; lines: CostLine[]; used: Record<string, unknown>; allowance: Written<Schemas['AllowanceLeft']> | null }>;
export type ToSettle = Written<Schemas['ToSettle']>;
export type Expense = Written<Schemas['ExpenseView']>;
export type Expenses = With<Written<Schemas['ExpenseList']>, { items: Expense[]; journal: 'open' | 'locked' | 'settled' }>;
export type SettleView = 'to_settle' | 'settled';
interface OrderPage {
  items: Order[];
  next: string | null;
}

/** The public register (公示). */
export type PublicTrip = Written<Schemas['PublicTrip']>;
export type PublicUnit = Written<Schemas['PublicUnit']>;
export type NoticesMade = Written<Schemas['NoticesMade']>;

/** An answer of "not there" is an answer: nothing has been settled yet. */
const unless404 = (count: number, error: Error) => !(error instanceof ApiError && error.status < 500) && count < 2;

export function useAllowances(unit_id: string, year: number) {
  return useQuery({
    queryKey: ['allowances', unit_id, year],
    enabled: unit_id !== '',
    queryFn: ({ signal }) => get<Allowances>('/allowances', { unit_id, year }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useEntries(account: string) {
  return useQuery({ queryKey: ['allowances', 'entries', account], queryFn: ({ signal }) => get<Items<AllowanceEntry>>(`/allowances/${account}/entries`, {}, signal), retry: unless404 });
}

export function useAdjustments() {
  return useQuery({ queryKey: ['allowances', 'adjustments'], queryFn: ({ signal }) => get<Items<Adjustment>>('/allowances/adjustments', {}, signal) });
}

export function useOrders(view: SettleView) {
  return useInfiniteQuery({
    queryKey: ['settlements', 'orders', view],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<OrderPage>('/dispatch-orders', { view, after: pageParam, limit: 50 }, signal),
    getNextPageParam: (page) => page.next || undefined,
  });
}

export function useOrder(id: string) {
  return useQuery({ queryKey: ['settlements', 'order', id], queryFn: ({ signal }) => get<Order>(`/dispatch-orders/${id}`, {}, signal), retry: unless404 });
}

export function useExpenses(id: string) {
  return useQuery({ queryKey: ['settlements', 'expenses', id], queryFn: ({ signal }) => get<Expenses>(`/dispatch-orders/${id}/expenses`, {}, signal), retry: unless404 });
}

export function useSettlement(id: string, isSettled: boolean) {
  return useQuery({ queryKey: ['settlements', 'one', id], enabled: isSettled, queryFn: ({ signal }) => get<Settlement>(`/dispatch-orders/${id}/settlement`, {}, signal), retry: unless404 });
}

/** What the order would come to; null while it cannot be asked. */
export function usePreview(id: string, asked: ToSettle | null) {
  return useQuery({
    queryKey: ['settlements', 'preview', id, asked],
    enabled: asked !== null,
    queryFn: () => post<Settlement>(`/dispatch-orders/${id}/settlement/preview`, asked),
    placeholderData: keepPreviousData,
    retry: unless404,
  });
}

export function usePublicUnits() {
  return useQuery({ queryKey: ['public', 'units'], queryFn: ({ signal }) => get<Items<PublicUnit>>('/public/units', {}, signal) });
}

/** What is shown of a month; with what was taken back for those who work with it. */
export function usePublicTrips(month: MonthOfUnit | null, isInside: boolean) {
  return useQuery({
    queryKey: ['public', 'trips', month, isInside],
    enabled: month !== null,
    queryFn: ({ signal }) => get<Items<PublicTrip>>(isInside ? '/notices' : '/public/trips', { ...month! }, signal),
    placeholderData: keepPreviousData,
  });
}

export interface MonthOfUnit {
  unit_id: string;
  year: number;
  month: number;
}
