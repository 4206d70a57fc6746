/** What the suppliers' page asks of the API (供应商接口), and prices in words. */

import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Supplier = Schemas['SupplierView'];
export type Contract = Schemas['ContractView'];
export type SupplierList = Schemas['SupplierList'];

export const KINDS = ['rental', 'time_share'];
export const CLASSES = ['sedan', 'business_suv', 'minibus', 'bus'];
export const POWERTRAINS = ['electric', 'plug_in_hybrid', 'hydrogen', 'hybrid', 'petrol', 'diesel'];

export function useSuppliers() {
  return useQuery({ queryKey: ['suppliers'], queryFn: ({ signal }) => get<SupplierList>('/suppliers', {}, signal) });
}

const yuan = (fen: number) => (fen / 100).toFixed(2);

type Text = (key: string, values?: Record<string, string | number>) => string;

/** `¥300.00/天 + ¥1.20/公里`, or `¥5.00/小时`. */
export function priceText(contract: Pick<Contract, 'kind' | 'day_fen' | 'km_fen' | 'hour_fen'>, t: Text): string {
  if (contract.kind === 'rental') return t('suppliers.price_rental', { day: yuan(contract.day_fen ?? 0), km: yuan(contract.km_fen ?? 0) });
  return t('suppliers.price_hour', { hour: yuan(contract.hour_fen ?? 0) });
}

/** `★ 4.33（3）`: what is said of a supplier, and by how many; a dash while nobody has said anything. */
export function starsText(supplier: Pick<Supplier, 'stars_hundredths' | 'ratings'>): string {
  const { stars_hundredths: stars, ratings } = supplier;
  return stars === null || stars === undefined ? '★ —' : `★ ${(stars / 100).toFixed(2)}（${ratings}）`;
}

/** Typed yuan in fen; null: nothing that is an amount. */
export function fenOf(typed: string): number | null {
  const [, whole, part = ''] = /^\s*(\d{1,6})(?:\.(\d{1,2}))?\s*$/.exec(typed) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(part.padEnd(2, '0'));
}
