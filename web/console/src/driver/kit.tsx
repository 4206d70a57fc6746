/** Buttons for one thumb (大按钮): 96 px at the least, in words, and one that has to be held. */

import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon, type IconName } from './icon';
import { t } from './texts';

interface TapProps {
  look?: 'main' | 'plain' | 'danger' | 'quiet';
  icon?: IconName;
  /** A second, smaller line. */
  note?: string;
  onTap: () => void | Promise<unknown>;
  isDisabled?: boolean;
  isPressed?: boolean;
  name?: string;
  children: ReactNode;
}

/** A button that is busy while what it does is being written down, so that a nervous thumb taps once. */
export function Tap({ look = 'plain', icon, note, onTap, isDisabled, isPressed, name, children }: TapProps) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await onTap();
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className={`tap tap-${look}`} data-do={name} disabled={isDisabled} aria-busy={busy || undefined} aria-pressed={isPressed} onClick={() => void press()}>
      {icon && <Icon name={icon} size={30} />}
      <span className="tap-text">
        <span>{children}</span>
        {note && <small>{note}</small>}
      </span>
    </button>
  );
}

/** Held for so long, so that no knee calls for help. */
const HOLD_MS = 1500;

export function Hold({ name, note, onHeld, children }: { name: string; note: string; onHeld: () => void; children: ReactNode }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [held, setHeld] = useState(false);
  const begin = () => {
    if (timer.current) return;
    setHeld(true);
    timer.current = setTimeout(() => {
      end();
      navigator.vibrate?.(200);
      onHeld();
    }, HOLD_MS);
  };
  const end = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setHeld(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const isKey = (key: string) => key === ' ' || key === 'Enter';
  return (
    <button
      type="button"
      className="tap tap-danger hold"
      data-do={name}
      data-held={held || undefined}
      onPointerDown={begin}
      onPointerUp={end}
      onPointerLeave={end}
      onPointerCancel={end}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => isKey(event.key) && !event.repeat && begin()}
      onKeyUp={(event) => isKey(event.key) && end()}
    >
      <Icon name="warn" size={34} />
      <span className="tap-text">
        <span>{children}</span>
        <small>{note}</small>
      </span>
    </button>
  );
}

interface FieldProps {
  label: string;
  name: string;
  value: string;
  onChange: (text: string) => void;
  type?: 'text' | 'password';
  mode?: 'decimal' | 'numeric' | 'text';
  unit?: string;
  help?: string;
  error?: string;
  autoComplete?: string;
}

export function Field({ label, name, value, onChange, type = 'text', mode = 'text', unit, help, error, autoComplete = 'off' }: FieldProps) {
  const about = error ? `${name}-error` : help ? `${name}-help` : undefined;
  return (
    <div className="row">
      <label htmlFor={name}>{label}</label>
      <span className="box">
        <input id={name} name={name} type={type} inputMode={mode} autoComplete={autoComplete} autoCapitalize="off" spellCheck={false} value={value} aria-invalid={error ? true : undefined} aria-describedby={about} onChange={(event) => onChange(event.target.value)} />
        {unit && <span className="unit">{unit}</span>}
      </span>
      {error ? (
        <p className="bad" id={`${name}-error`} role="alert">
          {error}
        </p>
      ) : (
        help && (
          <p className="help" id={`${name}-help`}>
            {help}
          </p>
        )
      )}
    </div>
  );
}

interface ChipsProps<T extends string> {
  label: string;
  choices: readonly T[];
  chosen: T | null;
  text: (choice: T) => string;
  onChoose: (choice: T) => void;
}

export function Chips<T extends string>({ label, choices, chosen, text, onChoose }: ChipsProps<T>) {
  return (
    <div className="chips" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice} type="button" className="chip" data-choice={choice} aria-pressed={choice === chosen} onClick={() => onChoose(choice)}>
          {text(choice)}
        </button>
      ))}
    </div>
  );
}

/** The head of a screen, with the way back where there is one. */
export function Head({ title, back, children }: { title: string; back?: string; children?: ReactNode }) {
  return (
    <header className="head">
      {back !== undefined && (
        <a className="back" href={`#/${back}`} aria-label={t('driver_app.back')}>
          <Icon name="left" size={30} />
        </a>
      )}
      <h1>{title}</h1>
      {children}
    </header>
  );
}
