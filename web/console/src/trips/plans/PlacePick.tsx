/** A place of a plan (地点): one that was travelled to before, or a name with its point. */

import { useState } from 'react';
import { useText } from '../../i18n';
import { Field, Pick } from '../../ui/kit';
import type { Place } from './api';

const OTHER = 'other';

interface PlaceProps {
  label: string;
  value: Place | null;
  recent: Place[];
  onChange: (place: Place | null) => void;
  error?: string;
}

export function PlacePick({ label, value, recent, onChange, error }: PlaceProps) {
  const t = useText();
  const known = recent.findIndex((place) => place.name === value?.name && place.lon === value.lon && place.lat === value.lat);
  const [typed, setTyped] = useState({ name: value?.name ?? '', point: value ? `${value.lon}, ${value.lat}` : '' });
  const [isOther, setOther] = useState(value !== null && known < 0);
  const write = (next: typeof typed) => {
    setTyped(next);
    const [lon, lat] = next.point.split(/[,，\s]+/).map(Number);
    onChange(next.name.trim() !== '' && Number.isFinite(lon) && Number.isFinite(lat) && next.point.trim() !== '' ? { name: next.name, lon: lon!, lat: lat! } : null);
  };
  return (
    <div className="plan-place">
      <Pick
        label={label}
        placeholder={t('plans.choose_place')}
        choices={[...recent.map((place, index) => ({ id: String(index), text: place.name })), { id: OTHER, text: t('plans.other_place') }]}
        value={isOther ? OTHER : known < 0 ? null : String(known)}
        onChange={(id) => {
          setOther(id === OTHER);
          onChange(id === OTHER ? null : (recent[Number(id)] ?? null));
        }}
        error={error}
      />
      {isOther && (
        <>
          <Field label={t('plans.place_name')} value={typed.name} onChange={(name) => write({ ...typed, name })} maxLength={60} autoComplete="off" />
          <Field label={t('plans.place_point')} help={t('plans.place_point_help')} mono value={typed.point} onChange={(point) => write({ ...typed, point })} autoComplete="off" />
        </>
      )}
    </div>
  );
}
