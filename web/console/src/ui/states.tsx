/** What a screen shows when it has nothing to show yet: loading, empty, failed. */

import { useEffect, useState } from 'react';
import { ApiError, Away } from '../api/client';
import { errorText, useText } from '../i18n';
import { Button } from './kit';

/** True after a short while, so that quick answers never flash a skeleton. */
export function useLate(ms = 150): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

export function Skeleton({ rows, kind = 'line' }: { rows: number; kind?: 'line' | 'row' }) {
  const t = useText();
  const late = useLate();
  return (
    <div className="skeletons" role="status" aria-label={t('state.loading')}>
      {late && Array.from({ length: rows }, (_, index) => <div key={index} className={`skeleton skeleton-${kind}`} />)}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** What failed, in words a dispatcher understands, and the way on. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useText();
  return (
    <div className="failed" role="alert">
      <p>{sayError(error)}</p>
      {retry && (
        <Button onPress={retry} icon="replay">
          {t('action.retry')}
        </Button>
      )}
    </div>
  );
}

export function sayError(error: unknown): string {
  if (error instanceof Away) return errorText('service.away');
  if (error instanceof ApiError) return errorText(error.code, error.problem.title, { ...error.problem });
  return errorText('console.unexpected');
}
