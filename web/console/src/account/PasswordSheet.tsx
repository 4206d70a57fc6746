/** Shows a password once (一次性口令), to be told to whom it belongs. */

import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import type { AccountMade } from './api';

export function PasswordSheet({ made, onClose }: { made: AccountMade; onClose: () => void }) {
  const t = useText();
  return (
    <Sheet title={t('accounts.password_for', { login: made.login })} isOpen onClose={onClose} firm>
      <p className="notice">{t(made.password ? 'accounts.password_once' : 'devices.secret_gone')}</p>
      {made.password && (
        <code className="mono account-password" tabIndex={0}>
          {made.password}
        </code>
      )}
      <footer className="dialog-foot">
        <Button look="primary" onPress={onClose}>
          {t('action.done')}
        </Button>
      </footer>
    </Sheet>
  );
}
