/** One step of a finding (疑点处理): in words, and, where it is a violation, of which head of Article 26. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import { type FindingAction, findingPath, type FindingSheet, ROUTES } from './api';
import { HeadPick } from './HeadPick';
import { Words } from './Words';

interface StepProps {
  sheet: FindingSheet;
  action: FindingAction;
  onClose: () => void;
  onDone: (sheet: FindingSheet) => void;
}

export function StepSheet({ sheet, action, onClose, onDone }: StepProps) {
  const t = useText();
  const change = useChange();
  const [text, setText] = useState('');
  const [head, setHead] = useState<number | null>(null);
  const isVerdict = action === 'violation';
  const isWhole = text.trim() !== '' && (!isVerdict || head !== null);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const body = isVerdict ? { text, head } : { text };
    const done = await change.run((key) => post<FindingSheet>(findingPath(sheet.finding.id, ROUTES[action]), body, key));
    if (done) onDone(done);
  }
  return (
    <Sheet title={t(`findings.do_${action}`)} isOpen onClose={onClose} wide={isVerdict}>
      <form className="form" onSubmit={submit} noValidate>
        <p className="muted">{t(`findings.help_${action}`)}</p>
        {isVerdict && <HeadPick heads={sheet.heads} value={head} onChange={setHead} error={change.field('head')} />}
        <Words label={t(`findings.text_${action}`)} most={1000} autoFocus={!isVerdict} value={text} onChange={setText} error={change.field('text')} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t(`findings.do_${action}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
