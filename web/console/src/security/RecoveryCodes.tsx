/** Recovery codes (恢复码), shown once. */

import { useState } from 'react';
import { useText } from '../i18n';
import { Button } from '../ui/kit';

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join('\n'));
      setCopied(true);
    } catch {
      // Without the clipboard (plain HTTP on another host) the text can still be selected.
    }
  };
  return (
    <section className="form" aria-label={t('security.codes_title')}>
      <h2>{t('security.codes_title')}</h2>
      <p className="notice">{t('security.codes_text')}</p>
      <ol className="recovery-codes mono" tabIndex={0}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <footer className="dialog-foot">
        <Button icon={copied ? 'check' : 'copy'} onPress={() => void copy()}>
          {t(copied ? 'security.copied' : 'security.copy')}
        </Button>
        <Button look="primary" onPress={onDone} autoFocus>
          {t('security.codes_kept')}
        </Button>
      </footer>
    </section>
  );
}
