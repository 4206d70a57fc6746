/** A form over the page (办理窗口): its fields are data, what is wrong with them stands beside them. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import type { Chosen } from '../units/UnitPick';
import { Fields } from './Fields';
import { begin, bodyOf, type FieldSpec, isWhole, type Values } from './forms';

interface FormProps {
  title: string;
  path: string;
  fields: readonly FieldSpec[];
  onClose: () => void;
  onDone: () => void;
  given?: Values;
  units?: Record<string, Chosen>;
  cars?: Record<string, string>;
  /** What is chosen above the fields. */
  above?: React.ReactNode;
  /** What is sent of what was typed, where that is more than the fields. */
  body?: (values: Values) => unknown;
}

export function FormSheet({ title, path, fields, onClose, onDone, given, units, cars, above, body }: FormProps) {
  const t = useText();
  const change = useChange();
  const [values, setValues] = useState(() => begin(fields, given));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!isWhole(fields, values)) return;
    if (await change.run((key) => post<unknown>(path, body ? body(values) : bodyOf(fields, values), key))) onDone();
  }
  return (
    <Sheet title={title} isOpen onClose={onClose} wide={fields.length > 4}>
      <form className={fields.length > 4 ? 'form form-two' : 'form'} onSubmit={submit} noValidate>
        {above}
        <Fields fields={fields} values={values} onChange={setValues} error={change.field} units={units} cars={cars} />
        <div className="form-wide" role="alert">
          {[change.error, change.field('indicator_id')].filter(Boolean).map((words) => (
            <p key={words} className="notice notice-bad">
              {words}
            </p>
          ))}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !isWhole(fields, values)}>
            {t('life.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
