/** Papers in words (单据摘要): what one is about in a line, its money, and the share of new energy that warns. */

import type { Kind, Paper, Sum } from './api';
import { STATES } from './api';

type Text = (key: string, values?: Record<string, string | number>) => string;

export const yuanText = (fen: number | null | undefined) => (fen === null || fen === undefined ? '—' : `¥${(fen / 100).toLocaleString('zh-CN', { maximumFractionDigits: 2 })}`);

/** What a paper is about, in a line. */
export function lineOf(paper: Paper, t: Text): string {
  const facts = paper.facts;
  const category = paper.category ? t(`category.${paper.category}`) : '';
  switch (paper.paper as Kind) {
    case 'establishment':
      return facts.change ? t('life.line_establishment', { kind: t(`life.kind_${facts.change.kind}`), count: facts.change.count, category }) : '';
    case 'indicator':
      return facts.wanted
        ? t('life.line_indicator', { kind: t(`life.kind_${facts.kind}`), category, power: t(`suppliers.power_${facts.wanted.powertrain}`), body: t(`life.body_${facts.wanted.body}`), price: yuanText(facts.wanted.price_fen) }) +
            (paper.plate ? t('life.line_renewed', { plate: paper.plate }) : '')
        : '';
    case 'budget':
      return t('life.line_budget', { year: paper.year ?? 0, count: paper.lines.length, sum: yuanText(paper.lines.reduce((sum, line) => sum + line.amount_fen, 0)) });
    case 'purchase':
      return t('life.line_purchase', { number: paper.indicator_number ?? '', model: facts.contract?.model ?? category, price: yuanText(facts.contract?.price_fen ?? facts.wanted?.price_fen), granted: yuanText(facts.budget_fen) });
    case 'disposal':
      return facts.disposal ? t('life.line_disposal', { plate: paper.plate ?? '', way: t(`life.way_${facts.disposal.way}`), cause: t(`life.cause_${facts.disposal.cause}`) }) + proceeds(paper, t) : '';
    case 'transfer':
      return t('life.line_transfer', { plate: facts.transfer?.plate ?? '', from: paper.unit_name, to: paper.to_unit_name ?? t('life.pool') });
  }
}

/** What a car brought in, as far as it is known. */
function proceeds(paper: Paper, t: Text): string {
  const { valuation, sale, payment } = paper.facts;
  if (payment) return t('life.line_paid', { paid: yuanText(payment.paid_fen) });
  if (sale) return t('life.line_sold', { sale: yuanText(sale.sale_fen), costs: yuanText(sale.costs_fen), due: yuanText(sale.sale_fen - sale.costs_fen) });
  return valuation ? t('life.line_valued', { appraised: yuanText(valuation.appraised_fen) }) : '';
}

/** `新能源 2/10，低于 30%`; nothing where there are enough. */
export function shareText(paper: Paper, t: Text): string {
  const share = paper.facts.share;
  if (!share) return '';
  const values = { new_energy: share.new_energy, cars: share.cars, required: share.required / 100 };
  return t(share.is_short ? 'life.share_short' : 'life.share_enough', values);
}

/** Papers by where they stand, in the order of their way; what has come to nothing last. */
export function byState(kind: Kind, papers: readonly Paper[]): { state: string; papers: Paper[] }[] {
  const groups = STATES[kind].map((state) => ({ state, papers: papers.filter((paper) => paper.state === state) }));
  return groups.filter((group) => group.papers.length > 0);
}

/** The lines of the board by unit: one row a unit, one cell a category. */
export function rowsOf(sums: readonly Sum[]): { unit_id: string; unit_name: string; has_below: boolean; cells: Map<string, Sum> }[] {
  const rows = new Map<string, { unit_id: string; unit_name: string; has_below: boolean; cells: Map<string, Sum> }>();
  for (const sum of sums) {
    const row = rows.get(sum.unit_id) ?? { unit_id: sum.unit_id, unit_name: sum.unit_name, has_below: sum.has_below, cells: new Map() };
    row.cells.set(sum.category, sum);
    rows.set(sum.unit_id, row);
  }
  return [...rows.values()];
}
