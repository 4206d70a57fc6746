/** One line of the list: plate, unit, state, speed, age. */

import type { VehicleSummary } from '../api/types';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { age, number, plate } from '../ui/format';
import { StatusShape } from '../ui/status';
import { liveView } from './live-view';

/** `tick` only says that there is something new to read. */
export function VehicleRow({ vehicle }: { vehicle: VehicleSummary; tick: number }) {
  const t = useText();
  const { live } = useServices();
  const now = liveView(vehicle, live);
  return (
    <>
      <StatusShape status={now.status} size={16} />
      <span className="row-main">
        <span className="row-plate">
          {plate(vehicle.plate)}
          {vehicle.alias && <span className="row-alias">{vehicle.alias}</span>}
        </span>
        <span className="row-unit">{vehicle.unit_name}</span>
      </span>
      <span className="row-end num">
        <span className={`row-state status-${now.status}`}>
          {vehicle.exempt ? t('exempt.mark') : now.status === 'running' && now.speedKmh !== null ? t('unit.kmh', { n: number(now.speedKmh) }) : t(`status.${now.status}`)}
        </span>
        <span className="row-age">{vehicle.exempt ? '' : now.ageSeconds === null ? t('fleet.never') : age(now.ageSeconds)}</span>
      </span>
    </>
  );
}
