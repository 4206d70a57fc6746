/** Yuan as they are typed and fen as they are sent (金额换算). */

export const yuan = (fen: number | null) => (fen === null ? '' : String(fen / 100));

/** Nothing typed is nothing known; what is no amount is sent as such and refused with its reason. */
export function fen(text: string): number | null {
  const typed = text.trim().replace(/[,，]/g, '');
  if (typed === '') return null;
  const amount = Number(typed);
  return Number.isFinite(amount) ? Math.round(amount * 100) : -1;
}
