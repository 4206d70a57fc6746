/** A reckoning line by line (计价明细): what, how much of it, at which price; the lines are the total. */

import { useText } from '../i18n';
import { NONE, number } from '../ui/format';
import { yuan } from '../trips/words';
import type { CostLine, Settlement } from './api';
import { quantityOf } from './words';

export function Lines({ settlement }: { settlement: Settlement }) {
  const t = useText();
  const day = settlement.used.prices_of;
  return (
    <div className="money-lines-scroll">
      <table className="money-lines">
        <caption className="muted">
          {t(`settle.basis_${settlement.basis}`)}
          {typeof day === 'string' && ` · ${t('settle.prices_of', { day })}`}
          {typeof settlement.used.class === 'string' && ` · ${t(`settle.class_${settlement.used.class}`)}`}
          {typeof settlement.used.area === 'string' && ` · ${t(`settle.area_${settlement.used.area}`)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('settle.item')}</th>
            <th scope="col">{t('settle.quantity')}</th>
            <th scope="col">{t('settle.price')}</th>
            <th scope="col">{t('settle.amount')}</th>
          </tr>
        </thead>
        <tbody>
          {settlement.lines.map((line, index) => (
            <tr key={index}>
              <th scope="row">
                {line.expense ? t(`settle.kind_${line.expense}`) : t(`settle.item_${line.item}`)}
                {line.beyond > 0 && <small className="muted"> {t(line.measure === 'metre' ? 'settle.beyond_km' : 'settle.beyond_hours', { n: line.beyond })}</small>}
              </th>
              <td className="num">{quantity(line, t)}</td>
              <td className="num">{line.expense ? NONE : yuan(line.price_fen)}</td>
              <td className="num">{yuan(line.amount_fen)}</td>
            </tr>
          ))}
          {settlement.lines.length === 0 && (
            <tr>
              <td colSpan={4} className="muted">
                {t('settle.nothing')}
              </td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              {t('settle.total')}
            </th>
            <td className="num">{yuan(settlement.total_fen)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function quantity(line: CostLine, t: ReturnType<typeof useText>): string {
  return t(`settle.measure_${line.measure}`, { n: number(quantityOf(line), line.measure === 'metre' ? 1 : 0) });
}
