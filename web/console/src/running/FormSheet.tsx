/** A sheet with a form that sends one change (表单抽屉): fields, what is wrong with them, cancel and save. */

import { useState } from 'react';
import { type Change, useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';

export type Form = Record<string, string>;

interface FormSheetProps {
  title: string;
  begin: Form;
  /** Labels by the names under which the service speaks of fields. */
  fields: { name: string; sent: string; label: string; mono?: boolean; number?: boolean }[];
  extra?: (form: Form, set: (name: string) => (value: string) => void, change: Change) => React.ReactNode;
  send: (form: Form, key: string) => Promise<unknown>;
  onClose: () => void;
  onDone: () => void;
}

export function FormSheet({ title, begin, fields, extra, send, onClose, onDone }: FormSheetProps) {
  const t = useText();
  const change = useChange();
  const [form, setForm] = useState(begin);
  const set = (name: string) => (value: string) => setForm((old) => ({ ...old, [name]: value }));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (await change.run((key) => send(form, key))) onDone();
  }
  return (
    <Sheet title={title} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        {extra?.(form, set, change)}
        {fields.map((field) => (
          <Field
            key={field.name}
            label={field.label}
            value={form[field.name] ?? ''}
            onChange={set(field.name)}
            error={change.field(field.sent)}
            mono={field.mono}
            inputMode={field.number ? 'decimal' : undefined}
            autoComplete="off"
          />
        ))}
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('running.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
