/** Hands a step to a colleague, or asks one more (转办、加签). */

import { useDeferredValue, useState } from 'react';
import { useColleagues } from '../account/api';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';

interface PersonProps {
  action: 'transfer' | 'add_signer';
  isBusy: boolean;
  error: string;
  onClose: () => void;
  onChoose: (account: string, opinion: string) => void;
}

export function PersonSheet({ action, isBusy, error, onClose, onChoose }: PersonProps) {
  const t = useText();
  const [form, setForm] = useState({ q: '', account: '', opinion: '' });
  const found = useColleagues(useDeferredValue(form.q.trim()));
  return (
    <Sheet title={t(`decide.${action}`)} isOpen onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (form.account) onChoose(form.account, form.opinion.trim());
        }}
      >
        <p>{t(`decide.${action}_text`)}</p>
        <Field label={t('decide.person')} autoFocus value={form.q} onChange={(q) => setForm({ ...form, q, account: '' })} autoComplete="off" />
        <fieldset className="bind-choices">
          <legend className="visually-hidden">{t('decide.person')}</legend>
          {(found.data?.items ?? []).map((one) => (
            <label key={one.id} className="bind-choice">
              <input type="radio" name="person" checked={form.account === one.id} onChange={() => setForm({ ...form, account: one.id })} />
              <strong>{one.display_name}</strong> <span className="muted">{one.unit_name}</span>
            </label>
          ))}
        </fieldset>
        <Field label={t('decide.opinion')} value={form.opinion} onChange={(opinion) => setForm({ ...form, opinion })} autoComplete="off" />
        <div role="alert">{error && <p className="notice notice-bad">{error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={isBusy || form.account === ''}>
            {t(`decide.${action}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
