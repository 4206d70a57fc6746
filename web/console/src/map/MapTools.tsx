/** The small things at the map's edge: zoom, fit, and what the shapes mean. */

import { useText } from '../i18n';
import { STATUSES } from '../live/fleet';
import { Button } from '../ui/kit';
import { StatusShape } from '../ui/status';
import type { MapHandle } from './map';

/** Who sees no vehicles needs no legend of them. */
export function MapTools({ map, hasLegend }: { map: MapHandle | null; hasLegend: boolean }) {
  const t = useText();
  return (
    <>
      <div className="map-tools" role="group" aria-label={t('map.tools')}>
        <Button look="quiet" icon="plus" aria-label={t('map.zoom_in')} onPress={() => map?.zoomBy(1)} />
        <Button look="quiet" icon="minus" aria-label={t('map.zoom_out')} onPress={() => map?.zoomBy(-1)} />
        <Button look="quiet" icon="fit" aria-label={t('map.fit')} onPress={() => map?.fitFleet()} />
      </div>
      {hasLegend && (
        <ul className="map-legend" aria-label={t('map.legend')}>
          {STATUSES.map((status) => (
            <li key={status}>
              <StatusShape status={status} size={12} />
              {t(`status.${status}`)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
