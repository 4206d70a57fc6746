/** Terminals as the API tells them, and how long an answer about them stays fresh. */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, post } from '../api/client';
import type { components } from '../api/schema';
import type { Items } from '../api/types';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Terminal = Written<Omit<Schemas['TerminalView'], 'link' | 'told'>> & { link: Link | null; told: Written<Schemas['ToldView']> };
export type Link = Written<Schemas['LinkView']>;
export type Stay = Written<Schemas['StayView']>;
export interface LogEntry {
  at: string;
  by: string | null;
  action: string;
  reason: string;
  detail: { plate?: string; fields?: string[] };
}
export type TerminalDetail = Terminal & { may_manage: boolean; commands: string[]; stays: Stay[]; log: LogEntry[] };
export type TerminalCounts = Written<Schemas['CountsView']>;
export interface TerminalPage {
  items: Terminal[];
  next: string | null;
  counts: TerminalCounts;
}
export type TerminalMade = Written<Schemas['TerminalMade']>;
export type Parameter = Written<Schemas['ParameterView']>;
export interface TerminalOptions {
  protocols: { name: string; has_secret: boolean; commands: string[] }[];
  profiles: { name: string; name_zh: string; name_en: string }[];
  parameters: Parameter[];
}
export interface Command extends Written<Omit<Schemas['CommandView'], 'args' | 'answer'>> {
  args: Record<string, unknown>;
  answer: Record<string, unknown> | null;
}
export interface CommandPage {
  items: Command[];
  next: string | null;
}
export interface FieldOf {
  offset: number;
  length: number;
  name_zh: string;
  name_en: string;
  value: string;
}
export interface Message {
  name: string;
  hex: string;
  text: string | null;
  fields: FieldOf[];
  decoded: Record<string, unknown> | null;
  error: string | null;
}
export interface Frame {
  id: number;
  at: string;
  direction: 'up' | 'down';
  channel: string;
  bytes: number;
  error: string | null;
  messages: Message[];
}
export type Platform = Written<Schemas['PlatformView']>;

export interface TerminalFilter {
  q: string;
  state: string;
  protocol: string;
  online: string;
}

const of = (id: string, rest = '') => `/terminals/${encodeURIComponent(id)}${rest}`;

export function useTerminals(filter: TerminalFilter) {
  return useInfiniteQuery({
    queryKey: ['terminals', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<TerminalPage>('/terminals', { ...filter, after: pageParam, limit: 100 }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}

export function useTerminal(id: string) {
  return useQuery({ queryKey: ['terminal', id], queryFn: ({ signal }) => get<TerminalDetail>(of(id), {}, signal), refetchInterval: 5000, retry: 1 });
}

export function useTerminalOptions() {
  return useQuery({ queryKey: ['terminal-options'], queryFn: ({ signal }) => get<TerminalOptions>('/terminal-options', {}, signal), staleTime: Infinity });
}

export function useCommands(id: string) {
  return useQuery({ queryKey: ['commands', id], queryFn: ({ signal }) => get<CommandPage>(of(id, '/commands'), {}, signal), refetchInterval: 2000 });
}

/** The last frames; to look is to ask for them, so that the gateway keeps them while this is open. */
export function useFrames(id: string, live: boolean) {
  return useQuery({
    queryKey: ['frames', id],
    queryFn: async ({ signal }) => {
      if (live) await post(of(id, '/watch'), {});
      return get<Items<Frame>>(of(id, '/frames'), { limit: 60 }, signal);
    },
    refetchInterval: live ? 2000 : false,
    placeholderData: keepPreviousData,
  });
}

export function usePlatforms(enabled: boolean) {
  return useQuery({ queryKey: ['platforms'], enabled, queryFn: ({ signal }) => get<Items<Platform>>('/platforms', {}, signal) });
}

/** One step with a reason: `binding`, `unbinding`, `registration`, `secret`, `use`. */
export function step<T = Terminal>(id: string, what: string, body: object, key: string): Promise<T> {
  return post<T>(of(id, `/${what}`), body, key);
}

export function askCommand(id: string, body: object, key: string): Promise<Command> {
  return post<Command>(of(id, '/commands'), body, key);
}
