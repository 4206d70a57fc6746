/** Server data by name: the keys, the calls and how long an answer stays fresh. */

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from './client';
import type { Config, Day, Device, Items, Stop, Track, Trip, Unit, VehicleDetail, VehiclePage } from './types';

export const PAGE = 100;

export function useConfig() {
  return useQuery({ queryKey: ['config'], queryFn: ({ signal }) => get<Config>('/config', {}, signal), staleTime: Infinity });
}

export function useVehicles(filter: { q: string; status: string }) {
  return useInfiniteQuery({
    queryKey: ['vehicles', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => get<VehiclePage>('/vehicles', { ...filter, after: pageParam, limit: PAGE }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    // The rows' numbers come from the live channel; who is in a status filter comes from here.
    refetchInterval: filter.status ? 5000 : 30_000,
  });
}

export function useVehicle(id: string | null) {
  return useQuery({
    queryKey: ['vehicle', id],
    enabled: id !== null,
    queryFn: ({ signal }) => get<VehicleDetail>(`/vehicles/${encodeURIComponent(id!)}`, {}, signal),
    refetchInterval: 5000,
    retry: 1,
  });
}

export function useDays(id: string | null) {
  return useQuery({
    queryKey: ['days', id],
    enabled: id !== null,
    queryFn: ({ signal }) => get<Items<Day>>(`/vehicles/${encodeURIComponent(id!)}/days`, {}, signal),
    staleTime: 60_000,
  });
}

export interface Range {
  from: string;
  to: string;
}

/** Days are those of Beijing time (Asia/Shanghai), which has no summer time. */
export function dayRange(day: string): Range {
  const from = new Date(`${day}T00:00:00+08:00`);
  return { from: from.toISOString(), to: new Date(from.getTime() + 86_400_000).toISOString() };
}

export function useTrack(id: string | null, day: string | null) {
  return useQuery({
    queryKey: ['track', id, day],
    enabled: id !== null && day !== null,
    queryFn: ({ signal }) => get<Track>(`/vehicles/${encodeURIComponent(id!)}/track`, { ...dayRange(day!) }, signal),
    staleTime: 60_000,
  });
}

export function useTrips(id: string | null, day: string | null) {
  return useQuery({
    queryKey: ['trips', id, day],
    enabled: id !== null && day !== null,
    queryFn: ({ signal }) => get<Items<Trip>>(`/vehicles/${encodeURIComponent(id!)}/trips`, { ...dayRange(day!) }, signal),
    staleTime: 60_000,
  });
}

export function useStops(id: string | null, day: string | null, minSeconds: number) {
  return useQuery({
    queryKey: ['stops', id, day, minSeconds],
    enabled: id !== null && day !== null,
    queryFn: ({ signal }) =>
      get<Items<Stop>>(`/vehicles/${encodeURIComponent(id!)}/stops`, { ...dayRange(day!), min_seconds: minSeconds }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export function useUnits(enabled = true) {
  return useQuery({ queryKey: ['units'], enabled, queryFn: ({ signal }) => get<Items<Unit>>('/units', {}, signal), staleTime: 300_000 });
}

export function useDevices() {
  return useQuery({ queryKey: ['devices'], queryFn: ({ signal }) => get<Items<Device>>('/devices', {}, signal) });
}
