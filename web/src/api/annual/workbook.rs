//! The fixed tables of a report as a workbook: a cover, a sheet a section, the reports below.

use axum::extract::State;
use axum::response::Response;
use dispatch::annual::item::{AnnualItem, AnnualMeasure, AnnualSection};
use dispatch::annual::rate::AnnualRate;
use dispatch::annual::table::AnnualTable;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::unit::UnitId;
use fleet_db::annual::{self, Step};
use fleet_db::unit;
use serde_json::json;
use uuid::Uuid;

use super::reading::{AnnualVersionAsked, checked_year, version_of};
use super::scope;
use super::working::{Worked, worked};
use crate::api::imports::attached;
use crate::api::track::apart;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiError, ApiResult, Problem, SERVER_FAILED};
use crate::sheet::write_xlsx;
use crate::state::App;

/// What a workbook is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A report as a workbook of its fixed tables.
#[utoipa::path(get, path = "/annual-reports/{unit_id}/{year}/workbook", operation_id = "export_annual_report", tag = "annual",
    params(("unit_id" = Uuid, Path), ("year" = i16, Path), AnnualVersionAsked),
    responses((status = 200, description = "a workbook", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn export(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((unit_id, year)): Path<(Uuid, i16)>,
    Asked(asked): Asked<AnnualVersionAsked>,
) -> ApiResult<Response> {
    let scope = scope(&actor)?;
    checked_year(year)?;
    let mut conn = app.conn(&scope).await?;
    let of_unit = unit::load(&mut conn, &scope, UnitId(unit_id)).await?;
    let versions = annual::versions(&mut conn, of_unit.id, year).await?;
    let report = version_of(&versions, asked.version)?;
    let found = worked(&mut conn, (of_unit.id, year), report, now).await?;
    let steps = match report {
        Some(report) => annual::steps(&mut conn, report.id).await?,
        None => Vec::new(),
    };
    drop(conn);
    let (version, stage) = report.map_or((0, "草稿"), |report| (report.version, report.stage.term()));
    let name = format!("{} {year}-{version}", of_unit.name);
    let head = vec![
        vec!["年度统计报告".to_owned()],
        vec!["单位".to_owned(), of_unit.name],
        vec!["年度".to_owned(), year.to_string()],
        vec!["版本".to_owned(), version.to_string()],
        vec!["状态".to_owned(), stage.to_owned()],
    ];
    let file = apart(move || write_xlsx(&sheets(head, &found, &steps))).await?;
    let file = file.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    let subject = Subject::named(SubjectKind::AnnualReport, name);
    let entry = Entry::new(Action::Exported, subject).in_unit(UnitId(unit_id)).after(json!({ "year": year, "version": version }));
    app.tell(&actor.by(""), &entry, now).await?;
    Ok(attached(XLSX, "annual-report.xlsx", file))
}

fn sheets(mut cover: Vec<Vec<String>>, found: &Worked, steps: &[Step]) -> Vec<(String, Vec<Vec<String>>)> {
    let kept = &found.kept;
    cover.push(Vec::new());
    cover.push(["指标", "本期", "上年"].map(str::to_owned).to_vec());
    for rate in AnnualRate::ALL {
        let value = |table: &AnnualTable| rate.of(table, &kept.nev).value.map(|value| format!("{value:.4}")).unwrap_or_default();
        cover.push(vec![rate.term().to_owned(), value(&kept.total), found.before.as_ref().map(value).unwrap_or_default()]);
    }
    cover.push(Vec::new());
    cover.push(["经办", "经办人", "时间", "说明"].map(str::to_owned).to_vec());
    cover.extend(steps.iter().map(|step| {
        let at = dispatch::calendar::beijing(step.at).format("%Y-%m-%d %H:%M").to_string();
        vec![step.action.term().to_owned(), step.by.clone(), at, step.reason.clone()]
    }));
    let mut sheets = vec![("封面".to_owned(), cover)];
    for section in AnnualSection::ALL {
        sheets.push((section.term().to_owned(), section_sheet(section, &kept.total, found.before.as_ref())));
    }
    let mut below = vec![["下级单位", "版本", "期初数", "期末数", "编制数", "超编数", "派车次数"].map(str::to_owned).to_vec()];
    below.extend(kept.parts.iter().map(|part| {
        let of = |item| part.total.total(item).to_string();
        vec![
            part.name.clone(),
            part.version.map(|version| version.to_string()).unwrap_or_default(),
            of(AnnualItem::Opening),
            of(AnnualItem::Closing),
            of(AnnualItem::Authorised),
            of(AnnualItem::Over),
            of(AnnualItem::Trips),
        ]
    }));
    sheets.push(("下级汇总".to_owned(), below));
    sheets
}

/// A section: a line a category and powertrain, then the sums and those of the year before.
fn section_sheet(section: AnnualSection, total: &AnnualTable, before: Option<&AnnualTable>) -> Vec<Vec<String>> {
    let items: Vec<AnnualItem> = AnnualItem::ALL.into_iter().filter(|item| item.section() == section).collect();
    let header = ["车辆类别".to_owned(), "动力类型".to_owned()].into_iter().chain(items.iter().map(|item| headed(*item)));
    let mut rows = vec![header.collect::<Vec<_>>()];
    for (kind, figures) in total.lines().filter(|(_, figures)| items.iter().any(|item| figures.contains_key(item))) {
        let cells = items.iter().map(|item| shown(*item, figures.get(item).copied().unwrap_or_default()));
        let powertrain = kind.powertrain.map_or("", |powertrain| powertrain.term());
        rows.push([kind.category.term().to_owned(), powertrain.to_owned()].into_iter().chain(cells).collect());
    }
    let sum = |label: &str, table: &AnnualTable| {
        let cells = items.iter().map(|item| shown(*item, table.total(*item)));
        [label.to_owned(), String::new()].into_iter().chain(cells).collect::<Vec<_>>()
    };
    rows.push(sum("合计", total));
    rows.extend(before.map(|before| sum("上年", before)));
    rows
}

fn headed(item: AnnualItem) -> String {
    let unit = match item.measure() {
        AnnualMeasure::Count => "",
        AnnualMeasure::Days => "（天）",
        AnnualMeasure::Metres => "（公里）",
        AnnualMeasure::Millilitres => "（升）",
        AnnualMeasure::WattHours => "（千瓦时）",
        AnnualMeasure::Grams => "（千克）",
        AnnualMeasure::Fen => "（元）",
    };
    format!("{}{unit}", item.term())
}

/// A figure as people read it: kilometres, litres, kilowatt-hours, kilograms and yuan.
fn shown(item: AnnualItem, amount: i64) -> String {
    let (whole, places) = match item.measure() {
        AnnualMeasure::Count | AnnualMeasure::Days => return amount.to_string(),
        AnnualMeasure::Fen => (100, 2),
        AnnualMeasure::Metres | AnnualMeasure::Millilitres | AnnualMeasure::WattHours | AnnualMeasure::Grams => (1000, 3),
    };
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{}.{:0places$}", amount.abs() / whole, amount.abs() % whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_shown_in_the_measure_that_people_read() {
        assert_eq!(shown(AnnualItem::Closing, 12), "12");
        assert_eq!(shown(AnnualItem::Distance, 35_157_700), "35157.700");
        assert_eq!(shown(AnnualItem::Proceeds, -5), "-0.05");
        assert_eq!(headed(AnnualItem::Carbon), "碳排放量（千克）");
    }
}
