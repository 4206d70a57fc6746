/** Other platforms at the service (对接平台): the register, and what is entered. */

import { useQuery } from '@tanstack/react-query';
import { get, post, put } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Peer = Written<Schemas['PeerView']>;
export type PeerFacts = Written<Schemas['PeerToChange']>;
export type Reach = Written<Schemas['PeerReachToSet']>;
export type Traffic = Schemas['PeerTrafficView'];
export type ExchangeInterface = Schemas['ExchangeInterfaceView'];
export interface Peers {
  items: Peer[];
  algorithms: string[];
  interfaces: ExchangeInterface[];
}
export type PeerMade = Written<Schemas['PeerMade']>;

export const KEY = ['peers'];

export function usePeers() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<Peers>('/peers', {}, signal), refetchInterval: 15_000 });
}

export const enterPeer = (body: PeerFacts & { code: string; their_key?: string }, key: string) => post<PeerMade>('/peers', body, key);
export const changePeer = (id: string, body: PeerFacts) => put(`/peers/${id}`, body);
export const renewKey = (id: string) => post<PeerMade>(`/peers/${id}/key`, {});
export const enterKey = (id: string, key: string) => put(`/peers/${id}/their-key`, { key });
export const setUse = (id: string, disabled: boolean) => post(`/peers/${id}/use`, { disabled });
export const setReach = (id: string, body: Reach) => put(`/peers/${id}/reach`, body);

export function useRecords(id: string, by: string, after: string) {
  return useQuery({
    queryKey: [...KEY, id, by, after],
    queryFn: ({ signal }) => get<Schemas['PeerRecordList']>(`/peers/${id}/records`, { interface: by, after }, signal),
  });
}
