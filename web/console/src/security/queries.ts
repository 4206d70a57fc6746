/** How one's own account is secured, from the service. */

import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Items, Security, SessionLine } from '../api/types';

export function useSecurity() {
  return useQuery({ queryKey: ['security'], queryFn: ({ signal }) => get<Security>('/session/security', {}, signal), staleTime: 5000 });
}

export function useSessions() {
  return useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => get<Items<SessionLine>>('/sessions', {}, signal) });
}
