/** Chooses a car by what one types of its plate (选择车辆). */

import { useDeferredValue, useState } from 'react';
import { useText } from '../../i18n';
import { plate } from '../../ui/format';
import { Field } from '../../ui/kit';
import { useCars } from './api';

export interface FoundCar {
  id: string;
  plate: string;
}

export function CarFind({ value, onChange, error }: { value: FoundCar | null; onChange: (car: FoundCar | null) => void; error?: string }) {
  const t = useText();
  const [text, setText] = useState('');
  const found = useCars(useDeferredValue(value ? '' : text.trim()));
  return (
    <div className="field">
      <Field
        label={t('incidents.field_vehicle')}
        value={value ? plate(value.plate) : text}
        onChange={(typed) => {
          onChange(null);
          setText(typed);
        }}
        error={error}
        autoComplete="off"
      />
      {!value && text.trim() !== '' && (
        <ul className="unit-hits" aria-label={t('incidents.field_vehicle')}>
          {(found.data?.items ?? []).map((car) => (
            <li key={car.id}>
              <button type="button" className="unit-hit" onClick={() => onChange({ id: car.id, plate: car.plate })}>
                <span>{plate(car.plate)}</span>
                <span className="muted">{car.unit_name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** An instant, as the browser asks for it. */
export function At({ label, value, onChange, error }: { label: string; value: string; onChange: (value: string) => void; error?: string }) {
  return (
    <label className="field" data-invalid={error ? true : undefined}>
      <span>{label}</span>
      <input className="input" type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} aria-invalid={error ? true : undefined} />
      {error && <span className="field-error">{error}</span>}
    </label>
  );
}

/** Typed in Beijing time. */
export const instant = (text: string) => (text === '' ? new Date().toISOString() : new Date(`${text}:00+08:00`).toISOString());
