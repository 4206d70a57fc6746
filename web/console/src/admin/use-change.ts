/** Sends one change and keeps what went wrong with it, by field. The same attempt sent twice is made once. */

import { useRef, useState } from 'react';
import { ApiError } from '../api/client';
import { errorText } from '../i18n';
import { sayError } from '../ui/states';

export interface Change {
  busy: boolean;
  /** What is wrong with the whole; empty when the fields say it. */
  error: string;
  field: (name: string) => string | undefined;
  run: <T>(send: (key: string) => Promise<T>) => Promise<T | null>;
}

export function useChange(): Change {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const key = useRef('');
  const fields = problem instanceof ApiError ? (problem.problem.fields ?? {}) : {};
  return {
    busy,
    error: problem && Object.keys(fields).length === 0 ? sayError(problem) : '',
    field: (name) => {
      const code = fields[name];
      return code ? errorText(code, (problem as ApiError).problem.field_titles?.[name]) : undefined;
    },
    run: async (send) => {
      if (busy) return null;
      setBusy(true);
      setProblem(null);
      // An answer of "no" was an answer: what is sent next is another attempt.
      if (!key.current || problem instanceof ApiError) key.current = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      try {
        const result = await send(key.current);
        key.current = '';
        return result;
      } catch (error) {
        setProblem(error);
        return null;
      } finally {
        setBusy(false);
      }
    },
  };
}
