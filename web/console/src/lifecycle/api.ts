/** The life of cars at the service (全生命周期接口): papers by kind, the board, the cars that may be renewed, and what breaks the rules. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';
import type { VehiclePage } from '../api/types';

type Schemas = components['schemas'];
export type Paper = Schemas['PaperView'];
export type PaperPage = Schemas['PaperPage'];
export type Board = Schemas['EstablishmentBoard'];
export type Sum = Schemas['EstablishmentSum'];
export type Place = Schemas['EstablishmentPlace'];
export type Breaches = Schemas['BreachList'];
export type Renewal = Schemas['RenewalView'];
export type Life = Schemas['VehicleLife'];
export type Standard = Schemas['StandardAnswer'];

/** A kind of paper, and where its papers are. */
export type Kind = 'establishment' | 'indicator' | 'budget' | 'purchase' | 'disposal' | 'transfer';
export const PATHS: Record<Kind, string> = {
  establishment: '/establishment/changes',
  indicator: '/indicators',
  budget: '/budgets',
  purchase: '/purchases',
  disposal: '/disposals',
  transfer: '/vehicle-transfers',
};
/** Where papers stand, in the order of their way: what can still move comes first. */
export const STATES: Record<Kind, readonly string[]> = {
  establishment: ['applied', 'reviewed', 'approved', 'rejected', 'withdrawn'],
  indicator: ['applied', 'reviewed', 'issued', 'reserved', 'used', 'released', 'revoked', 'expired', 'rejected'],
  budget: ['submitted', 'approved', 'rejected', 'withdrawn'],
  purchase: ['planned', 'approved', 'tendered', 'contracted', 'accepted', 'registered', 'cancelled'],
  disposal: ['proposed', 'valued', 'approved', 'executed', 'paid', 'closed', 'rejected', 'withdrawn'],
  transfer: ['offered', 'proposed', 'approved', 'done', 'rejected', 'withdrawn'],
};
export const CATEGORIES = ['confidential_courier', 'emergency_support', 'law_enforcement', 'special_technical', 'retired_cadre_service', 'other'];

export function usePapers(kind: Kind) {
  return useQuery({ queryKey: ['lifecycle', kind], queryFn: ({ signal }) => get<PaperPage>(PATHS[kind], { limit: 200 }, signal) });
}

export function useBoard(unit: string | null) {
  return useQuery({
    queryKey: ['lifecycle', 'board', unit],
    queryFn: ({ signal }) => get<Board>('/establishment', unit ? { unit_id: unit } : {}, signal),
    placeholderData: keepPreviousData,
  });
}

export function usePlace(unit: string, category: string) {
  return useQuery({ queryKey: ['lifecycle', 'place', unit, category], queryFn: ({ signal }) => get<Place>('/establishment/places', { unit_id: unit, category }, signal) });
}

export function useBreaches() {
  return useQuery({ queryKey: ['lifecycle', 'breaches'], queryFn: ({ signal }) => get<Breaches>('/establishment/breaches', {}, signal) });
}

export function useRenewals() {
  return useQuery({ queryKey: ['lifecycle', 'renewals'], queryFn: ({ signal }) => get<{ items: Renewal[] }>('/renewals', {}, signal) });
}

export function useLife(vehicle: string) {
  return useQuery({ queryKey: ['lifecycle', 'life', vehicle], queryFn: ({ signal }) => get<Life>(`/vehicles/${encodeURIComponent(vehicle)}/life`, {}, signal), retry: 1 });
}

/** Cars whose plate, alias or unit holds the text. */
export function useCars(q: string) {
  return useQuery({
    queryKey: ['lifecycle', 'cars', q],
    enabled: q !== '',
    queryFn: ({ signal }) => get<VehiclePage>('/vehicles', { q, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  });
}
