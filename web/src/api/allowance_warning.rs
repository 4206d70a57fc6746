//! Word that little of an allowance is left: to those who lead the unit, once for what was given.

use chrono::{DateTime, Utc};
use dispatch::message::{News, SubjectKind};
use fleet_db::PgConnection;
use fleet_db::allowance::{self, Account, AllowanceRule};
use fleet_db::message::{self, About, Subject};

use crate::problem::ApiResult;

/// Tells when the account of a month has come to where it warns (`quota_warning` of the rules register), and gives the rule.
///
/// Of one amount that was given it tells once, however many orders follow; when more is given and that is used up too, it tells again.
pub(super) async fn tell(conn: &mut PgConnection, account: &Account, now: DateTime<Utc>) -> ApiResult<AllowanceRule> {
    let rule = allowance::rule(conn, account.unit, now).await?;
    let standing = account.standing;
    if let Some(month) = account.month.filter(|_| standing.warns(rule.warn_percent)) {
        let news = News::allowance_low(&account.unit_name, month, standing.used_percent(), standing.left);
        let subject = Subject { kind: SubjectKind::Allowance, id: account.id.0 };
        let cause = format!("allowance:{}:{}", account.id, standing.given.fen());
        message::tell(conn, &news, About { subject: Some(subject), unit: Some(account.unit), cause: &cause }, &[], now).await?;
    }
    Ok(rule)
}
