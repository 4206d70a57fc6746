/** Decides about requests (审批): sends it, offers the way back, and notices when somebody else was faster. */

import { useState } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n';
import { sayError } from '../ui/states';
import { act, type Act, decideAll, readRequest, useTripsChanged } from './api';
import { type Said, UNDO_MS } from './toast';
import type { TripRequest } from './types';

export interface Decider {
  /** The request that is being sent, or `all`. */
  busy: string | null;
  /** What went wrong, by request. */
  failures: Record<string, string>;
  /** Requests that others decided first, as they are now: shown until one has seen it. */
  conflicts: TripRequest[];
  decide: (request: TripRequest, body: Act) => Promise<boolean>;
  approveAll: (requests: TripRequest[]) => Promise<void>;
  seen: (id: string) => void;
}

/** Decisions that may be taken back. */
const UNDONE = ['approve', 'reject', 'send_back'];

export function useDecide(onSay: (said: Said) => void): Decider {
  const t = useText();
  const changed = useTripsChanged();
  const [busy, setBusy] = useState<string | null>(null);
  const [failures, setFailures] = useState<Record<string, string>>({});
  const [conflicts, setConflicts] = useState<TripRequest[]>([]);
  const undo = (ids: string[]) => async () => {
    for (const id of ids) await act(id, { action: 'undo' });
    await changed();
  };

  return {
    busy,
    failures,
    conflicts,
    seen: (id) => setConflicts((now) => now.filter((one) => one.id !== id)),
    decide: async (request, body) => {
      setBusy(request.id);
      setFailures(({ [request.id]: _, ...rest }) => rest);
      try {
        const after = await act(request.id, body);
        onSay({
          words: t(`decide.done_${body.action}`, { number: request.number, who: request.applicant }),
          undo: UNDONE.includes(body.action) && (after.undo_until !== null || after.moves.includes('undo')) ? undo([request.id]) : null,
          until: after.undo_until ? Date.parse(after.undo_until) : Date.now() + UNDO_MS,
        });
        await changed();
        return true;
      } catch (error) {
        // Somebody was faster: what they did is worth more than our refusal.
        const now = error instanceof ApiError && error.status === 409 ? await readRequest(request.id).catch(() => null) : null;
        if (now && now.changed_at !== request.changed_at) setConflicts((all) => [...all.filter((one) => one.id !== now.id), now]);
        else setFailures((all) => ({ ...all, [request.id]: sayError(error) }));
        await changed();
        return false;
      } finally {
        setBusy(null);
      }
    },
    approveAll: async (requests) => {
      setBusy('all');
      try {
        const { done, failed } = await decideAll(requests.map((one) => one.id), 'approve');
        setFailures(Object.fromEntries(failed.map((one) => [one.id, one.title])));
        if (done.length > 0) onSay({ words: t('decide.done_all', { n: done.length }), undo: undo(done), until: Date.now() + UNDO_MS });
      } catch (error) {
        setFailures(Object.fromEntries(requests.map((one) => [one.id, sayError(error)])));
      } finally {
        setBusy(null);
        await changed();
      }
    },
  };
}
