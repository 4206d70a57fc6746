/** Asks before a place is taken away (移除敏感地点): what was found of it stays. */

import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import type { Place } from './api';

interface RemoveProps {
  place: Place;
  send: () => Promise<void>;
  onClose: () => void;
  onDone: () => void;
}

export function RemoveSheet({ place, send, onClose, onDone }: RemoveProps) {
  const t = useText();
  const change = useChange();
  const submit = async () => {
    if (await change.run(() => send().then(() => true))) onDone();
  };
  return (
    <Sheet title={t('places.remove')} isOpen onClose={onClose}>
      <p>{t('places.remove_text', { name: place.name })}</p>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" isDisabled={change.busy} onPress={() => void submit()} autoFocus>
          {t('places.remove')}
        </Button>
      </footer>
    </Sheet>
  );
}
