//! Answers that every operation of a kind may give, put into the API's description once instead of at each route.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, Response, ResponseBuilder};

/// Statuses that come from what all requests go through, before and around their handlers.
///
/// A parameter that cannot be read is 400; a body that is too long is 413, of another kind 415, with fields that do not fit 422;
/// the store being away is 503.
pub(crate) fn common_answers(description: &mut OpenApi) {
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        let mut statuses = vec!["503"];
        let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
        let has_body = operation.request_body.is_some();
        if has_parameters || has_body {
            statuses.push("400");
        }
        if has_body {
            statuses.extend(["413", "415", "422"]);
        }
        for status in statuses {
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| problem().into());
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().content("application/problem+json", content).build()
}
