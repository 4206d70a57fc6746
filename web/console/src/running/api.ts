/** What the pages about running cars ask of the API (运行保障接口). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Repair = Schemas['RepairView'];
export type Due = Schemas['DueView'];
export type Card = Schemas['CardView'];
export type CardUse = Schemas['UseView'];
export type Waiting = Schemas['ExceptionView'];
export type VehicleFigures = Schemas['VehicleFigures'];
export type UnitFigures = Schemas['UnitFigures'];
export type Shares = Schemas['VehicleSharesView'];
export type Feed = Schemas['FeedView'];
export type Row = Schemas['VehicleFigureRow'];

/** Which units, which days, and how new energy is counted; what is empty the service chooses. */
export interface Span {
  unit_id: string;
  from: string;
  to: string;
  counting: string;
}

export function useRepairs() {
  return useQuery({ queryKey: ['running', 'repairs'], queryFn: ({ signal }) => get<Schemas['RepairPage']>('/repair-orders', { limit: 200 }, signal) });
}

export function useDue() {
  return useQuery({ queryKey: ['running', 'due'], queryFn: ({ signal }) => get<Schemas['DueList']>('/due-items', {}, signal) });
}

/** Vendors that may be gone to by a unit today. */
export function useVendors(unit: string) {
  return useQuery({ queryKey: ['running', 'vendors', unit], queryFn: ({ signal }) => get<Schemas['VendorList']>('/designated-vendors', { unit_id: unit }, signal) });
}

export function useCards() {
  return useQuery({ queryKey: ['running', 'cards'], queryFn: ({ signal }) => get<Schemas['CardList']>('/cards', {}, signal) });
}

export function useUses(refused: string) {
  return useQuery({
    queryKey: ['running', 'uses', refused],
    queryFn: ({ signal }) => get<Schemas['UsePage']>('/card-transactions', { refused, limit: 100 }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useWaiting() {
  return useQuery({ queryKey: ['running', 'waiting'], queryFn: ({ signal }) => get<Schemas['ExceptionPage']>('/cost-exceptions', { open: 'true', limit: 100 }, signal) });
}

export function useVehicleFigures(span: Span) {
  return useQuery({
    queryKey: ['running', 'figures', span],
    queryFn: ({ signal }) => get<VehicleFigures>('/vehicle-figures', { ...span }, signal),
    placeholderData: keepPreviousData,
  });
}

/** The list behind a figure. */
export function useFigureRows(figure: string, span: Span) {
  return useInfiniteQuery({
    queryKey: ['running', 'figures', span, figure],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<Schemas['VehicleFigurePage']>(`/vehicle-figures/${figure}`, { ...span, after: pageParam, limit: 100 }, signal),
    getNextPageParam: (page) => page.next || undefined,
  });
}
