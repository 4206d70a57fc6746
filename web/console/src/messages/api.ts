/** Messages of the account (消息): what the server knows of them, asked anew as soon as it says that something has changed. */

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { get, post } from '../api/client';
import type { InboxCounts, InboxPage, NotifyPreference } from '../api/types';
import { useServices } from '../app/services';
import { language } from '../i18n';

export const VIEWS = ['unread', 'all', 'pinned', 'read'] as const;
export type View = (typeof VIEWS)[number];
export type Mark = 'read' | 'unread' | 'pin' | 'unpin';

const KEY = ['messages'];
/** While the live channel is up it says so; this is for what was missed. */
const SELDOM_MS = 60_000;
/** Who watches no vehicles has no live channel. */
const OFTEN_MS = 15_000;

export function useInboxCounts() {
  const { live } = useServices();
  return useQuery({
    queryKey: [...KEY, 'counts'],
    queryFn: ({ signal }) => get<InboxCounts>('/messages/counts', {}, signal),
    refetchInterval: () => (live.state() === 'live' ? SELDOM_MS : OFTEN_MS),
  });
}

export function useInbox(view: View) {
  return useInfiniteQuery({
    queryKey: [...KEY, 'list', view, language()],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<InboxPage>('/messages', { view, after: pageParam, limit: 30 }, signal),
    getNextPageParam: (page) => page.next || undefined,
  });
}

export function useNotifyPreference() {
  return useQuery({ queryKey: [...KEY, 'preferences'], queryFn: ({ signal }) => get<NotifyPreference>('/messages/preferences', {}, signal) });
}

/** Asks anew whenever the server says that messages of this account have changed, here or in another browser. */
export function useInboxNotes(): void {
  const { live } = useServices();
  const queries = useQueryClient();
  useEffect(() => {
    const again = () => void queries.invalidateQueries({ queryKey: KEY });
    const offNote = live.onNote((note) => {
      if (typeof note === 'object' && note !== null && 'note' in note && note.note === 'messages') again();
    });
    // Whatever was said while the channel was down has been missed.
    const offState = live.onState(() => live.state() === 'live' && again());
    return () => {
      offNote();
      offState();
    };
  }, [live, queries]);
}

export function useInboxMarks() {
  const queries = useQueryClient();
  const again = useCallback(() => queries.invalidateQueries({ queryKey: KEY }), [queries]);
  return {
    mark: (id: string, mark: Mark) => post(`/messages/${id}/${mark}`, null).then(again),
    readAll: (upTo: string | undefined) => post('/messages/read-all', { up_to: upTo }).then(again),
    again,
  };
}
