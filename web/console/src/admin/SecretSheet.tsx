/** Shows a new terminal's secret, once, and the line that puts it to use. */

import { useState } from 'react';
import type { NewDevice } from '../api/types';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';

/** The whole line: nothing to fill in but, on another machine, the service's address and the serial port. */
export function bridgeCommand(terminal: string, secret: string, host: string): string {
  return `motorpool-bridge --server ${host}:1883 --device ${terminal} --secret ${secret} --gnss /dev/ttyUSB0`;
}

export function SecretSheet({ made, onClose }: { made: NewDevice; onClose: () => void }) {
  const t = useText();
  return (
    <Sheet title={`${t('devices.secret_title')} ${made.terminal_id}`} isOpen onClose={onClose} wide firm>
      <p className="notice">{t(made.secret ? 'devices.secret_once' : 'devices.secret_gone')}</p>
      {made.secret && (
        <>
          <Copyable label={t('devices.secret')} action={t('devices.secret_copy')} text={made.secret} />
          <Copyable label={t('devices.command')} action={t('devices.command_copy')} text={bridgeCommand(made.terminal_id, made.secret, location.hostname)} />
        </>
      )}
      <footer className="dialog-foot">
        <Button look="primary" onPress={onClose}>
          {t('action.done')}
        </Button>
      </footer>
    </Sheet>
  );
}

function Copyable({ label, action, text }: { label: string; action: string; text: string }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Without the clipboard (plain HTTP on another host) the text can still be selected.
    }
  };
  return (
    <div className="copyable">
      <span className="muted">{label}</span>
      <code className="mono" tabIndex={0}>
        {text}
      </code>
      <Button icon={copied ? 'check' : 'copy'} onPress={() => void copy()} aria-label={action}>
        {copied ? t('action.copied') : t('action.copy')}
      </Button>
    </div>
  );
}
