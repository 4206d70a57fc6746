/** The audit log as the API tells it (操作日志). */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, takeFile } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type AuditLine = Written<Schemas['AuditLine']>;
export type AuditDetail = AuditLine & {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  hash: string;
  sealed_on: string | null;
};
export type AuditSeals = Written<Schemas['AuditSeals']> & { items: Written<Schemas['AuditSeal']>[] };
interface AuditPage {
  items: AuditLine[];
  next: number | null;
  sealed_through: number;
}

export interface AuditFilter {
  /** Days in Beijing time, `2026-03-01`; empty for no bound. */
  from: string;
  to: string;
  login: string;
  action: string;
  kind: string;
  q: string;
  unit: { id: string; name: string } | null;
}

export const ACTIONS = [
  'signed_in', 'sign_in_refused', 'locked', 'signed_out', 'created', 'changed', 'deleted', 'enabled', 'disabled', 'bound', 'unbound', 'secret_renewed',
  'password_set', 'registration_allowed', 'asked', 'cancelled', 'started', 'paused', 'resumed', 'stopped', 'submitted', 'approved', 'rejected', 'handled',
  'granted', 'revoked', 'moved', 'imported', 'exported', 'viewed', 'sent', 'pruned',
  'withdrawn', 'returned', 'ratified', 'transferred', 'undone', 'ordered', 'reassigned', 'accepted', 'declined', 'departed', 'arrived', 'waited', 'came_back',
  'settled', 'reversed', 'rated', 'published', 'explained', 'escalated', 'convicted', 'sealed', 'unsealed', 'skipped', 'missed',
];
export const KINDS = [
  'account', 'session', 'token', 'role', 'unit', 'vehicle', 'terminal', 'platform', 'command', 'firmware', 'rollout', 'track', 'frames', 'alarm', 'fence',
  'rule', 'message', 'document', 'setting', 'audit_log',
  'driver', 'trip_request', 'dispatch_order', 'approval_flow', 'expense', 'settlement', 'allowance', 'finding', 'sensitive_place', 'case', 'seal', 'notice',
  'trip_plan', 'trip_route', 'accident', 'violation', 'establishment', 'indicator', 'budget', 'purchase', 'disposal', 'transfer',
];

/** Midnight in Beijing at which a day begins, or the one after it. */
export function midnight(day: string, daysLater = 0): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const at = Date.parse(`${day}T00:00:00+08:00`);
  return Number.isNaN(at) ? null : new Date(at + daysLater * 86_400_000).toISOString();
}

/** Reading it is itself written down: it is asked when somebody asks, and not again by itself. */
const QUIET = { refetchOnWindowFocus: false, refetchOnReconnect: false, staleTime: Infinity } as const;

export function useAuditLog(filter: AuditFilter) {
  const { from, to, unit, ...rest } = filter;
  return useInfiniteQuery({
    queryKey: ['audit', 'list', filter],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>('/audit', { ...rest, from: midnight(from), to: midnight(to, 1), unit_id: unit?.id, after: pageParam || null, limit: 100 }, signal),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    ...QUIET,
  });
}

export function useAuditEntry(seq: number) {
  return useQuery({ queryKey: ['audit', 'entry', seq], queryFn: ({ signal }) => get<AuditDetail>(`/audit/${seq}`, {}, signal), retry: 1, ...QUIET });
}

export function useAuditSeals() {
  return useQuery({ queryKey: ['audit', 'seals'], queryFn: ({ signal }) => get<AuditSeals>('/audit/seals', {}, signal), ...QUIET });
}

export interface PackWanted {
  from: string;
  to: string;
  unit_id: string | null;
  reason: string;
}

export const takePack = (wanted: PackWanted) => takeFile('/audit/packs', wanted);
