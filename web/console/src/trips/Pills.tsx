/** One of a few (单选标签): radio buttons that look like chips; a click or the arrows choose. */

import { useId } from 'react';

interface Pill {
  id: string;
  text: string;
  /** It may not be taken, though one may ask why. */
  isBarred?: boolean;
}

interface PillsProps {
  label: string;
  pills: Pill[];
  value: string | null;
  onChange: (id: string) => void;
  /** Hides the label from sight, not from screen readers. */
  quiet?: boolean;
}

export function Pills({ label, pills, value, onChange, quiet }: PillsProps) {
  const name = useId();
  return (
    <fieldset className="pills">
      <legend className={quiet ? 'visually-hidden' : undefined}>{label}</legend>
      {pills.map((pill) => (
        <label key={pill.id} className="pill" data-barred={pill.isBarred || undefined}>
          <input type="radio" name={name} checked={value === pill.id} onChange={() => onChange(pill.id)} />
          <span>{pill.text}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Tick({ label, help, value, onChange }: { label: string; help?: string; value: boolean; onChange: (next: boolean) => void }) {
  return (
    <label className="bind-choice tick">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        {help && <span className="muted tick-help">{help}</span>}
      </span>
    </label>
  );
}
