/** Chooses a unit by what one types (选择单位): name, pinyin, initials or code, with where each stands. */

import { useDeferredValue, useId, useState } from 'react';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { useSearch } from './api';

export interface Chosen {
  id: string;
  name: string;
}

interface UnitPickProps {
  label: string;
  value: Chosen | null;
  onChange: (unit: Chosen | null) => void;
  /** A unit that cannot be chosen: the one that it is about. */
  without?: string;
  error?: string;
}

export function UnitPick({ label, value, onChange, without, error }: UnitPickProps) {
  const t = useText();
  const field = useId();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const found = useSearch(q, 8);
  const items = (found.data?.items ?? []).filter((unit) => unit.id !== without && unit.status === 'active');
  if (value) {
    return (
      <div className="field">
        <span>{label}</span>
        <div className="unit-picked">
          <strong>{value.name}</strong>
          <Button look="quiet" onPress={() => onChange(null)}>
            {t('units.target_change')}
          </Button>
        </div>
        {error && <span className="field-error">{error}</span>}
      </div>
    );
  }
  return (
    <div className="field">
      <label htmlFor={field}>{label}</label>
      <input id={field} className="input" type="search" autoComplete="off" spellCheck={false} value={text} placeholder={t('units.target_none')} onChange={(event) => setText(event.target.value)} aria-invalid={error ? true : undefined} />
      {error && <span className="field-error">{error}</span>}
      <ul className="unit-hits unit-hits-small" aria-label={label}>
        {q !== '' &&
          items.map((unit) => (
            <li key={unit.id}>
              <button type="button" className="unit-hit" onClick={() => onChange({ id: unit.id, name: unit.name })}>
                <span>{unit.name}</span>
                <span className="muted">{[...unit.above].reverse().join(' / ')}</span>
              </button>
            </li>
          ))}
        {q !== '' && found.isSuccess && !found.isPlaceholderData && items.length === 0 && <li className="muted unit-none">{t('units.none_found', { q })}</li>}
      </ul>
    </div>
  );
}
