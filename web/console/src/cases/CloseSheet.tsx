/** Closes a case (结案): true or not, of which head of Article 26, and what was done about it. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { HeadPick } from '../findings/HeadPick';
import { Words } from '../findings/Words';
import { useText } from '../i18n';
import { Button, Pick, Sheet } from '../ui/kit';
import { type Case, casePath } from './api';

interface CloseProps {
  one: Case;
  heads: string[];
  onClose: () => void;
  onDone: () => void;
}

export function CloseSheet({ one, heads, onClose, onDone }: CloseProps) {
  const t = useText();
  const change = useChange();
  const [outcome, setOutcome] = useState<string | null>(null);
  const [head, setHead] = useState<number | null>(null);
  const [result, setResult] = useState('');
  // What is true has what was found of it: the service would refuse it as well.
  const lacks = outcome === 'founded' && one.finding_id === null;
  const isWhole = outcome !== null && result.trim() !== '' && (outcome === 'unfounded' || (head !== null && !lacks));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole) return;
    const body = { outcome, head: outcome === 'founded' ? head : null, result };
    if (await change.run((key) => post<Case>(casePath(one.id, '/closure'), body, key))) onDone();
  }
  const outcomes = ['founded', 'unfounded'].map((id) => ({ id, text: t(`cases.outcome_${id}`) }));
  return (
    <Sheet title={t('cases.do_close')} isOpen onClose={onClose} wide>
      <form className="form" onSubmit={submit} noValidate>
        <Pick label={t('cases.field_outcome')} choices={outcomes} value={outcome} placeholder={t('cases.outcome_none')} onChange={(id) => setOutcome(id || null)} error={change.field('outcome')} />
        {lacks && <p className="notice">{t('cases.link_first')}</p>}
        {outcome === 'founded' && !lacks && <HeadPick heads={heads} value={head} onChange={setHead} error={change.field('head')} />}
        <Words label={t('cases.field_result')} most={1000} value={result} onChange={setResult} error={change.field('result')} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole}>
            {t('cases.do_close')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
