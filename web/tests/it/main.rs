//! Integration tests of the web floor: the router in process, a real PostgreSQL, a clock that stands still.

#[cfg(test)]
mod accidents;
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod allowance_warning;
#[cfg(test)]
mod annual;
#[cfg(test)]
mod annual_rollup;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod data_handling;
#[cfg(test)]
mod described;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod driver_scores;
#[cfg(test)]
mod drivers;
#[cfg(test)]
mod driving;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod exchange_records;
#[cfg(test)]
mod exempt;
#[cfg(test)]
mod fences;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod firmware;
#[cfg(test)]
mod handed_reports;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod history;
#[cfg(test)]
mod identity_provider;
#[cfg(test)]
mod import;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod life_line;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod lifecycle_gates;
#[cfg(test)]
mod lifecycle_ledgers;
#[cfg(test)]
mod live;
#[cfg(test)]
mod live_client;
#[cfg(test)]
mod local_roles;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod money;
#[cfg(test)]
mod money_shared;
#[cfg(test)]
mod notice_feed;
#[cfg(test)]
mod notify;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod proposal;
#[cfg(test)]
mod receivers;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod renewal_plan;
#[cfg(test)]
mod right_sizing;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod running;
#[cfg(test)]
mod running_cars;
#[cfg(test)]
mod running_costs;
#[cfg(test)]
mod running_repairs;
#[cfg(test)]
mod seals;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod signing_in;
#[cfg(test)]
mod suppliers;
#[cfg(test)]
mod terminals;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod tiles;
#[cfg(test)]
mod trip_after;
#[cfg(test)]
mod trip_figures;
#[cfg(test)]
mod trip_hints;
#[cfg(test)]
mod trips;
#[cfg(test)]
mod units;
#[cfg(test)]
mod vehicles;
