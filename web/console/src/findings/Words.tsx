/** A longer text to be written (多行文本), with what is wrong with it. */

import { useId } from 'react';

interface WordsProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  most: number;
  error?: string;
  help?: string;
  autoFocus?: boolean;
}

export function Words({ label, value, onChange, most, error, help, autoFocus }: WordsProps) {
  const note = useId();
  return (
    <label className="field" data-invalid={error ? true : undefined}>
      <span>{label}</span>
      <textarea className="input words" rows={4} maxLength={most} autoFocus={autoFocus} value={value} onChange={(event) => onChange(event.target.value)} aria-invalid={error ? true : undefined} aria-describedby={error || help ? note : undefined} />
      {(error || help) && (
        <span id={note} className={error ? 'field-error' : 'field-help'}>
          {error ?? help}
        </span>
      )}
    </label>
  );
}
