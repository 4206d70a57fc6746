/** What the papers of a car ask of the API (车辆资料接口). */

import { useQuery } from '@tanstack/react-query';
import { get, getBytes, uploadWatched } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export type Deleted = Written<Schemas['DeletedView']>;
export type Paper = Omit<Written<Schemas['DocumentView']>, 'deleted'> & { deleted: Deleted | null };
export interface Papers {
  items: Paper[];
  may_change: boolean;
}

/** The kinds of papers (资料类别), in the order in which they come with a car. */
export const KINDS = ['registration_certificate', 'vehicle_licence', 'purchase_invoice', 'insurance_policy', 'inspection', 'approval', 'photograph', 'other'];
/** What the chooser of files offers; what a file really is, the server sees. */
export const ENDINGS = '.pdf,.ofd,.jpg,.jpeg,.png,.webp,.xlsx,.docx';
/** Largest file, in bytes. */
export const FILE_BYTES = 20 * 1024 * 1024;

/** What people call a file's format. */
const FORMATS: Record<string, string> = {
  'application/pdf': 'PDF',
  'application/ofd': 'OFD',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
};

export const format = (paper: Paper) => FORMATS[paper.media_type] ?? paper.media_type;

export const papersKey = (vehicle: string) => ['documents', vehicle];

export function usePapers(vehicle: string) {
  return useQuery({ queryKey: papersKey(vehicle), queryFn: ({ signal }) => get<Papers>(`/vehicles/${encodeURIComponent(vehicle)}/documents`, {}, signal) });
}

export async function bringPaper(vehicle: string, file: File, about: { kind: string; name: string }, watch: (share: number) => void, signal: AbortSignal): Promise<Paper> {
  const answer = await uploadWatched(`/vehicles/${encodeURIComponent(vehicle)}/documents`, file, about, watch, signal);
  return answer.json() as Promise<Paper>;
}

/** Saves the file under its name. It is fetched first, so that a refusal is read here and not saved. */
export async function savePaper(paper: Paper): Promise<void> {
  const bytes = await getBytes(`/documents/${paper.id}`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: paper.media_type }));
  link.download = paper.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
