/** Accounts and grants as the API tells them. */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { components } from '../api/schema';
import type { Items } from '../api/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Held = Written<Schemas['HeldView']>;
export type AccountLine = Written<Schemas['AccountLine']>;
export type AccountDetail = AccountLine & { history: Held[] };
export type AccountMade = Written<Schemas['AccountMade']>;
export type LocalRole = Written<Schemas['LocalRoleView']>;
export interface LocalRoles {
  items: LocalRole[];
  /** What roles may be made of; empty for who makes none. */
  bases: Written<Schemas['BaseView']>[];
}
export type Colleague = Written<Schemas['ColleagueView']>;
interface AccountPage {
  items: AccountLine[];
  next: string | null;
}
export interface AccountFilter {
  q: string;
  role: string;
  disabled: string;
}

export const ROLES = ['dispatcher', 'unit_leader', 'fleet_manager', 'inspector', 'driver', 'applicant', 'system_admin', 'security_admin', 'audit_admin', 'authority'];

export const accountPath = (id: string, rest = '') => `/accounts/${encodeURIComponent(id)}${rest}`;

export function useAccounts(filter: AccountFilter) {
  return useInfiniteQuery({
    queryKey: ['accounts', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<AccountPage>('/accounts', { ...filter, after: pageParam, limit: 200 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
}

export function useAccount(id: string) {
  return useQuery({ queryKey: ['account', id], queryFn: ({ signal }) => get<AccountDetail>(accountPath(id), {}, signal), retry: 1 });
}

export function useLocalRoles(enabled: boolean) {
  return useQuery({ queryKey: ['local-roles'], enabled, queryFn: ({ signal }) => get<LocalRoles>('/local-roles', {}, signal) });
}

export function useOwnGrants() {
  return useQuery({ queryKey: ['own-grants'], queryFn: ({ signal }) => get<Items<Held>>('/session/grants', {}, signal) });
}

export function useColleagues(q: string) {
  return useQuery({ queryKey: ['colleagues', q], enabled: q.length > 0, queryFn: ({ signal }) => get<Items<Colleague>>('/session/colleagues', { q }, signal), placeholderData: keepPreviousData });
}

/** Where a grant stands at this moment. */
export function standing(held: Held, now = Date.now()): 'revoked' | 'coming' | 'held' | 'over' {
  if (held.revoked_at) return 'revoked';
  if (held.from && Date.parse(held.from) > now) return 'coming';
  return held.until && Date.parse(held.until) <= now ? 'over' : 'held';
}
