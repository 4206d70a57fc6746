/** Gives a terminal a new secret (换发密钥): asked twice, because the old one is worth nothing from then on. */

import { post } from '../api/client';
import type { Device, NewDevice } from '../api/types';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import { useChange } from './use-change';

export function RenewSheet({ device, onClose, onMade }: { device: Device; onClose: () => void; onMade: (made: NewDevice) => void }) {
  const t = useText();
  const change = useChange();
  async function renew() {
    const made = await change.run(() => post<NewDevice>(`/devices/${encodeURIComponent(device.id)}/secret`, {}));
    if (made) onMade(made);
  }
  return (
    <Sheet title={t('devices.renew_title', { terminal: device.terminal_id })} isOpen onClose={onClose}>
      <p>{t('devices.renew_text')}</p>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" onPress={() => void renew()} isDisabled={change.busy}>
          {t('devices.renew')}
        </Button>
      </footer>
    </Sheet>
  );
}
