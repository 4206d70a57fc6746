/** Which of the nine heads of Article 26 it is (第二十六条情形); the register words them. */

import { useId } from 'react';
import { useText } from '../i18n';

interface HeadProps {
  heads: readonly string[];
  value: number | null;
  onChange: (head: number) => void;
  error?: string;
}

export function HeadPick({ heads, value, onChange, error }: HeadProps) {
  const t = useText();
  const name = useId();
  return (
    <fieldset className="heads">
      <legend>{t('findings.heads')}</legend>
      {heads.map((text, index) => (
        <label key={index} className="head-choice">
          <input type="radio" name={name} checked={value === index + 1} onChange={() => onChange(index + 1)} />
          <span className="num muted">{index + 1}</span>
          <span>{text}</span>
        </label>
      ))}
      {error && <span className="field-error">{error}</span>}
    </fieldset>
  );
}
