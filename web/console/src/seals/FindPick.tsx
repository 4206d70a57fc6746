/** Chooses one of those that are found by what one types (查找选择): a car, a person. */

import { useDeferredValue, useId, useState } from 'react';
import { useText } from '../i18n';
import { Button } from '../ui/kit';

export interface Found {
  id: string;
  name: string;
  note: string;
}

interface FindProps {
  label: string;
  help: string;
  value: Found | null;
  onChange: (found: Found | null) => void;
  useFound: (q: string) => { data?: Found[]; isSuccess: boolean; isPlaceholderData: boolean };
  error?: string;
}

export function FindPick({ label, help, value, onChange, useFound, error }: FindProps) {
  const t = useText();
  const field = useId();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const found = useFound(value ? '' : q);
  const items = q === '' ? [] : (found.data ?? []);
  if (value) {
    return (
      <div className="field">
        <span>{label}</span>
        <div className="unit-picked">
          <strong>{value.name}</strong>
          <Button look="quiet" onPress={() => onChange(null)}>
            {t('seals.change')}
          </Button>
        </div>
        {error && <span className="field-error">{error}</span>}
      </div>
    );
  }
  return (
    <div className="field">
      <label htmlFor={field}>{label}</label>
      <input id={field} className="input" type="search" autoComplete="off" spellCheck={false} value={text} placeholder={help} onChange={(event) => setText(event.target.value)} aria-invalid={error ? true : undefined} />
      {error && <span className="field-error">{error}</span>}
      {q !== '' && (
        <ul className="unit-hits find-hits" aria-label={label}>
          {items.map((item) => (
            <li key={item.id}>
              <button
                type="button"
                className="unit-hit"
                onClick={() => {
                  setText('');
                  onChange(item);
                }}
              >
                <span>{item.name}</span>
                <span className="muted">{item.note}</span>
              </button>
            </li>
          ))}
          {found.isSuccess && !found.isPlaceholderData && items.length === 0 && <li className="muted unit-none">{t('seals.nobody', { q })}</li>}
        </ul>
      )}
    </div>
  );
}
