/** A place of the trip (地点): by a click on the map, by one that was used before, or a typed name with its point. */

import { useId } from 'react';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { type Draft, isPlaced } from './form';
import type { Spot } from './types';

/** Places used before that are offered at once. */
const OFFERED = 4;

interface PlaceFieldProps {
  label: string;
  value: Draft;
  onChange: (next: Draft) => void;
  recent: Spot[];
  /** Clicks on the map are meant for this field. */
  isPicking: boolean;
  onPick: (on: boolean) => void;
  /** For who has no mouse: the middle of the map. */
  onCenter: () => void;
  notes: React.ReactNode;
  onRemove?: () => void;
}

export function PlaceField({ label, value, onChange, recent, isPicking, onPick, onCenter, notes, onRemove }: PlaceFieldProps) {
  const t = useText();
  const id = useId();
  const text = value.name.trim();
  const offered = recent.filter((spot) => (text === '' || isPlaced(value) ? true : spot.name.includes(text)) && spot.name !== value.name).slice(0, OFFERED);
  return (
    <div className="field place" data-picking={isPicking || undefined}>
      <label htmlFor={id}>{label}</label>
      <div className="place-line">
        <input
          id={id}
          className="input"
          value={value.name}
          maxLength={60}
          autoComplete="off"
          placeholder={t(isPicking ? 'apply.place_picking' : 'apply.place_hint')}
          onFocus={() => !isPlaced(value) && onPick(true)}
          onChange={(event) => onChange({ ...value, name: event.target.value })}
          aria-describedby={`${id}-note`}
        />
        <Button icon="pin" look={isPicking ? 'primary' : 'plain'} aria-pressed={isPicking} aria-label={t('apply.pick_of', { field: label })} onPress={() => onPick(!isPicking)} />
        {onRemove && <Button look="quiet" icon="close" aria-label={t('apply.remove_stop', { field: label })} onPress={onRemove} />}
      </div>
      <div id={`${id}-note`} className="place-note">
        {isPicking ? (
          <span className="place-help">
            {t('apply.pick_help')}{' '}
            <button type="button" className="link" onClick={onCenter}>
              {t('apply.pick_center')}
            </button>
          </span>
        ) : (
          text !== '' && !isPlaced(value) && <span className="field-error">{t('apply.no_point')}</span>
        )}
        {notes}
      </div>
      {(isPicking || !isPlaced(value)) && offered.length > 0 && (
        <div className="place-recent" role="group" aria-label={t('apply.recent_of', { field: label })}>
          {offered.map((spot) => (
            <button key={`${spot.name}${spot.lon}`} type="button" className="pill-button" onClick={() => onChange(spot)}>
              {spot.name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
