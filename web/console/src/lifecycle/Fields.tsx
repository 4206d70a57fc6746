/** The fields of a form from their specification (表单字段). */

import { useDeferredValue, useState } from 'react';
import { DayField } from '../drivers/FileSheet';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Field, Pick } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { useCars } from './api';
import type { FieldSpec, Values } from './forms';

interface FieldsProps {
  fields: readonly FieldSpec[];
  values: Values;
  onChange: (values: Values) => void;
  error: (name: string) => string | undefined;
  /** Names of units that are chosen already. */
  units?: Record<string, Chosen>;
  cars?: Record<string, string>;
}

/** The word of a choice: powertrains and categories have theirs, the others are of this chapter. */
function wordOf(name: string, choice: string): string {
  if (name === 'category') return `category.${choice}`;
  if (name === 'powertrain') return `suppliers.power_${choice}`;
  return `life.${name}_${choice}`;
}

export function Fields({ fields, values, onChange, error, units = {}, cars = {} }: FieldsProps) {
  const t = useText();
  const set = (name: string) => (value: string) => onChange({ ...values, [name]: value });
  return fields.map(({ name, kind, choices }) => {
    const label = t(`life.field_${name}`);
    if (kind === 'pick') return <Pick key={name} label={label} choices={choices!.map((id) => ({ id, text: t(wordOf(name, id)) }))} value={values[name] ?? ''} onChange={set(name)} error={error(name)} />;
    if (kind === 'day') return <DayField key={name} label={label} value={values[name] ?? ''} onChange={set(name)} error={error(name)} />;
    if (kind === 'unit') return <UnitField key={name} label={label} given={units[name]} onChange={set(name)} error={error(name)} />;
    if (kind === 'car') return <CarField key={name} label={label} given={cars[name]} onChange={set(name)} error={error(name)} />;
    if (kind === 'flag')
      return (
        <label key={name} className="field life-flag">
          <input type="checkbox" checked={values[name] === 'yes'} onChange={(event) => set(name)(event.target.checked ? 'yes' : 'no')} /> {label}
          {error(name) && <span className="field-error">{error(name)}</span>}
        </label>
      );
    return <Field key={name} label={label} value={values[name] ?? ''} onChange={set(name)} error={error(name)} autoComplete="off" inputMode={kind === 'text' ? 'text' : 'decimal'} />;
  });
}

function UnitField({ label, given, onChange, error }: { label: string; given?: Chosen; onChange: (id: string) => void; error?: string }) {
  const [unit, setUnit] = useState<Chosen | null>(given ?? null);
  return (
    <UnitPick
      label={label}
      value={unit}
      onChange={(chosen) => {
        setUnit(chosen);
        onChange(chosen?.id ?? '');
      }}
      error={error}
    />
  );
}

function CarField({ label, given, onChange, error }: { label: string; given?: string; onChange: (id: string) => void; error?: string }) {
  const [chosen, setChosen] = useState(given ?? '');
  const [text, setText] = useState('');
  const found = useCars(useDeferredValue(chosen ? '' : text.trim()));
  return (
    <div className="field">
      <Field
        label={label}
        value={chosen ? plate(chosen) : text}
        onChange={(typed) => {
          setChosen('');
          onChange('');
          setText(typed);
        }}
        error={error}
        autoComplete="off"
      />
      {!chosen && text.trim() !== '' && (
        <ul className="unit-hits" aria-label={label}>
          {(found.data?.items ?? []).map((car) => (
            <li key={car.id}>
              <button
                type="button"
                className="unit-hit"
                onClick={() => {
                  setChosen(car.plate);
                  onChange(car.id);
                }}
              >
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
