//! A07 未按规定地点停放: after its return, or at the hour by which cars are back, the car is not at its base.

use chrono::{DateTime, Utc};

use super::seen::Where;
use super::{Evidence, Finding, FindingDetail, FindingKind, FindingLimits, whole_metres};
use crate::calendar::{day_of, start_of};
use crate::rule::key::RuleKey;
use crate::rule::spec::Measure;
use crate::trip::order::OrderId;

/// A look at where the car is.
struct Look {
    /// The event: a return, or the hour.
    at: DateTime<Utc>,
    /// When it is looked: the way from the return to the base takes its time.
    look_at: DateTime<Utc>,
    order: Option<OrderId>,
}

pub(super) fn apply(seen: &Evidence, limits: &FindingLimits, found: &mut Vec<Finding>) {
    let Some(base) = seen.base else { return };
    let Some(reach_m) = base.reach_m(limits) else { return };
    let mut told = None;
    for look in looks(seen, limits) {
        if look.look_at > seen.now || is_excused(seen, &look) {
            continue;
        }
        let Some(place) = seen.where_at(look.look_at) else { continue };
        let (Where::At(here) | Where::Underway(here)) = place;
        let away_m = here.distance_to(base.place).metres();
        // A car that was left somewhere is told once a day, not after its return and at the hour too; also where the return lies before
        // the span, or the answer would depend on when it is looked.
        let left = (day_of(look.at), place);
        let is_known = away_m.round() <= reach_m || told.replace(left) == Some(left);
        if is_known || !seen.span.holds(look.at) {
            continue;
        }
        found.push(Finding {
            kind: FindingKind::NotReturned,
            at: look.at,
            order: look.order,
            trip: None,
            measured: f64::from(i32::try_from(whole_metres(away_m)).unwrap_or(i32::MAX)),
            limit: reach_m,
            unit: Measure::Metre,
            detail: FindingDetail::place(here),
        });
    }
}

/// Each return, and the hour of each day of the span, in their order.
fn looks(seen: &Evidence, limits: &FindingLimits) -> Vec<Look> {
    let tolerance = limits.time(RuleKey::OrderTolerance).unwrap_or_default();
    let returns = seen.orders.iter().filter_map(|order| {
        let at = order.returned_at?;
        Some(Look { at, look_at: at + tolerance, order: Some(order.id) })
    });
    let days = day_of(seen.span.from).iter_days().take_while(|day| *day <= day_of(seen.span.to));
    let hours = limits.time(RuleKey::ReturnBy).into_iter().flat_map(|by| {
        let days = days.clone();
        days.map(move |day| start_of(day) + by).map(|at| Look { at, look_at: at, order: None })
    });
    let mut looks: Vec<Look> = returns.chain(hours).collect();
    looks.sort_by_key(|look| look.look_at);
    looks
}

/// It is away rightly: for maintenance, or on another order.
fn is_excused(seen: &Evidence, look: &Look) -> bool {
    let is_away = seen.away.iter().any(|away| away.holds(look.look_at));
    let others = seen.orders.iter().filter(|order| Some(order.id) != look.order);
    is_away || others.into_iter().any(|order| order.window(seen.now).holds(look.look_at))
}

#[cfg(test)]
mod tests {
    use super::FindingKind::NotReturned;
    use crate::reconcile::testing::{at, base, check, done, north, order, stood, trip};
    use crate::reconcile::{Evidence, Ordered, TimeSpan};

    fn parked(km_away: f64) -> impl Fn(&mut Evidence) {
        move |seen| {
            let mut stop = stood("12:00", None);
            stop.at = north(base(), km_away);
            seen.stops = vec![stop];
        }
    }

    #[test]
    fn at_the_hour() {
        check("at its base", parked(0.1), &[]);
        check("300 m are the base", parked(0.3), &[]);
        check("301 m are not", parked(0.301), &[(NotReturned, "22:00", 301.0)]);
        let under = |change: fn(&mut Evidence)| {
            move |seen: &mut Evidence| {
                parked(5.0)(seen);
                change(seen);
            }
        };
        let repair = |seen: &mut Evidence| seen.away = vec![TimeSpan { from: at("12:00"), to: at("22:00") }];
        check("in maintenance", under(repair), &[]);
        check("on an order", under(|seen| seen.orders = vec![order("12:00", "22:30")]), &[]);
        check("before the hour", under(|seen| seen.now = at("21:59")), &[]);
        check("no base is known", under(|seen| seen.base = None), &[]);
        check("not seen", |seen| seen.stops.clear(), &[]);
    }

    #[test]
    fn after_the_return() {
        let returned = |km_away: f64, back: &'static str| {
            move |seen: &mut Evidence| {
                seen.orders = vec![Ordered { returned_at: Some(at(back)), ..done("09:00", "11:00") }];
                let mut way = trip("10:30", "11:05", 5_000.0);
                way.to = north(base(), km_away);
                seen.trips = vec![way];
            }
        };
        check("driven home while the paper was closed", returned(0.0, "11:00"), &[]);
        check("left somewhere, told once", returned(5.0, "11:00"), &[(NotReturned, "11:00", 5_000.0)]);
        let looked_at_later = |seen: &mut Evidence| {
            returned(5.0, "11:00")(seen);
            seen.span.from = at("20:00");
        };
        check("the return is remembered", looked_at_later, &[]);
    }
}
