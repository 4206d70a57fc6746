/** What was just done, with the way back (撤销): ten seconds for who pressed the wrong button. */

import { useEffect, useState } from 'react';
import { useKeys } from '../app/keys';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { sayError } from '../ui/states';

export interface Said {
  words: string;
  /** Takes it back; null where that cannot be. */
  undo: (() => Promise<void>) | null;
  /** Until when it can be taken back, Unix ms; a note without a way back stays as long. */
  until: number;
}

/** Time for taking a decision back where the service names none (web.md 4.2). */
export const UNDO_MS = 10_000;

export function Toast({ said, onGone }: { said: Said | null; onGone: () => void }) {
  const t = useText();
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setFailure('');
    if (!said) return undefined;
    const timer = setTimeout(onGone, Math.max(2000, said.until - Date.now()));
    return () => clearTimeout(timer);
  }, [said, onGone]);
  const undo = () => {
    if (!said?.undo || busy) return;
    setBusy(true);
    said
      .undo()
      .then(onGone, (error: unknown) => setFailure(sayError(error)))
      .finally(() => setBusy(false));
  };
  useKeys({ z: () => (said?.undo ? undo() : false) });
  return (
    <div className="toast-place" role="status">
      {said && (
        <div className="toast">
          <span>{failure || said.words}</span>
          {said.undo && (
            <Button hint="Z" isDisabled={busy} onPress={undo}>
              {t('decide.undo')}
            </Button>
          )}
          <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={onGone} />
        </div>
      )}
    </div>
  );
}
