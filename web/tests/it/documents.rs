//! Papers of cars: what was brought comes back byte for byte, and what was deleted is gone but for its trace.

use std::io::{Cursor, Write as _};

use axum::http::Method;
use dispatch::account::Role;
use dispatch::document::FILE_BYTES;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use web::Config;
use zip::write::SimpleFileOptions;

use crate::harness::{Answer, Car, Client, EAST, WEST, World, add_car};

async fn with_car() -> (World, Car) {
    World::with(Config::default(), async |pool| add_car(pool, WEST, "浙A00001", None).await).await
}

/// A document of two pages' worth of bytes that no text has, so that it goes out in more than one piece.
fn pdf() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..600_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).take(600_000));
    bytes.extend(b"\n%%EOF\n");
    bytes
}

/// A picture of one point.
fn png() -> Vec<u8> {
    hex::decode(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000\
         1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082",
    )
    .unwrap()
}

/// An archive of these entries.
fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An electronic invoice's head (GB/T 33190).
fn ofd() -> Vec<u8> {
    archive(&[
        ("OFD.xml", "<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\" Version=\"1.1\" DocType=\"OFD\"/>"),
        ("Doc_0/Document.xml", "<ofd:Document xmlns:ofd=\"http://www.ofdspec.org/2016\"/>"),
    ])
}

async fn bring(client: &Client, car: Car, query: &str, file: Vec<u8>) -> Answer {
    client.upload(&format!("/vehicles/{}/documents?{query}", car.id), file).await
}

/// Brings one and gives its key.
async fn brought(client: &Client, car: Car, query: &str, file: Vec<u8>) -> String {
    let answer = bring(client, car, query, file).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn delete(client: &Client, id: &str, reason: &str) -> Answer {
    client.ask(Method::DELETE, &format!("/documents/{id}"), Some(json!({ "reason": reason }).to_string()), &[]).await
}

/// The newest entries of the audit log about a paper, as the auditor reads them.
async fn told(world: &World, action: &str, id: &str) -> Value {
    let audit = world.sign_in("shenji").await;
    let found = audit.get(&format!("/audit?action={action}&subject_id={id}")).await.json();
    let [line] = found["items"].as_array().unwrap().as_slice() else { panic!("{found}") };
    audit.get(&format!("/audit/{}", line["seq"])).await.json()
}

#[tokio::test]
async fn what_comes_down_is_what_went_up_byte_for_byte() {
    let (world, car) = with_car().await;
    world.open_account("shenji", Role::AuditAdmin, WEST).await;
    let (manager, dispatcher) = (world.sign_in("manager").await, world.sign_in("dispatcher").await);
    for (kind, name, saved, media, file) in [
        ("purchase_invoice", "%E5%8F%91%E7%A5%A8.pdf", "%E5%8F%91%E7%A5%A8.pdf", "application/pdf", pdf()),
        ("photograph", "front.exe", "front.exe.png", "image/png", png()),
        ("insurance_policy", "%E4%BF%9D%E5%8D%95", "%E4%BF%9D%E5%8D%95.ofd", "application/ofd", ofd()),
    ] {
        let hash = hex::encode(Sha256::digest(&file));
        let answer = bring(&manager, car, &format!("kind={kind}&name={name}"), file.clone()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let view = answer.json();
        assert_eq!((&view["kind"], &view["media_type"], &view["sha256"]), (&json!(kind), &json!(media), &json!(hash)));
        assert_eq!(view["size_bytes"], file.len());
        let id = view["id"].as_str().unwrap();
        let down = dispatcher.get(&format!("/documents/{id}")).await;
        assert_eq!(down.status, 200);
        assert!(down.body == file, "{name}: every byte");
        assert_eq!(hex::encode(Sha256::digest(&down.body)), hash);
        let header = |name: &str| down.headers[name].to_str().unwrap();
        assert_eq!((header("content-type"), header("etag")), (media, format!("W/\"{hash}\"").as_str()));
        assert_eq!((header("x-content-type-options"), header("content-length")), ("nosniff", file.len().to_string().as_str()));
        assert!(header("content-disposition").starts_with("attachment; filename=\"document."));
        assert!(
            header("content-disposition").ends_with(&format!("; filename*=UTF-8''{saved}")),
            "{}",
            header("content-disposition")
        );
        let tag = header("etag").to_owned();
        let again = dispatcher.ask(Method::GET, &format!("/documents/{id}"), None, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
        let entry = told(&world, "created", id).await;
        assert_eq!((&entry["after"]["sha256"], &entry["after"]["vehicle"]), (&json!(hash), &json!("浙A00001")), "{entry}");
    }
    let list = dispatcher.get(&format!("/vehicles/{}/documents", car.id)).await.json();
    assert_eq!((list["items"].as_array().unwrap().len(), &list["may_change"]), (3, &json!(false)));
}

#[tokio::test]
async fn what_is_not_kept_is_refused_beside_its_field() {
    let (world, car) = with_car().await;
    let manager = world.sign_in("manager").await;
    let macros = archive(&[("[Content_Types].xml", ""), ("xl/workbook.xml", ""), ("xl/vbaProject.bin", "")]);
    for (query, file, field, code) in [
        ("kind=other&name=a.pdf", b"MZ\x90\0\x03".to_vec(), "file", "document.media"),
        ("kind=other&name=a.pdf", b"<html><script>alert(1)</script></html>".to_vec(), "file", "document.media"),
        ("kind=other&name=a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "file", "document.media"),
        ("kind=other&name=a.zip", archive(&[("a.txt", "x")]), "file", "document.media"),
        ("kind=other&name=a.xlsx", macros, "file", "document.media"),
        ("kind=other&name=a.pdf", Vec::new(), "file", "document.empty"),
        ("kind=poem&name=a.png", png(), "kind", "document.kind"),
        ("kind=other&name=%20", png(), "name", "document.name"),
        ("kind=other&name=..%2Fa.png", png(), "name", "document.name_character"),
    ] {
        let answer = bring(&manager, car, query, file).await;
        assert_eq!(answer.problem(), (422, "request.invalid".to_owned()), "{query}");
        assert_eq!(answer.json()["fields"], json!({ field: code }), "{query}");
    }
    let words = bring(&manager, car, "kind=other&name=a.pdf", b"MZ".to_vec()).await.json();
    assert!(words["field_titles"]["file"].as_str().unwrap().contains("OFD"), "it says what is accepted: {words}");
    let mut large = pdf();
    large.resize(FILE_BYTES + 1, 0);
    assert_eq!(
        bring(&manager, car, "kind=other&name=a.pdf", large.clone()).await.problem(),
        (413, "document.too_large".to_owned())
    );
    large.truncate(FILE_BYTES);
    assert_eq!(bring(&manager, car, "kind=other&name=a.pdf", large).await.status, 201);
    brought(&manager, car, "kind=other&name=a.png", png()).await;
    let twice = bring(&manager, car, "kind=other&name=b.png", png()).await;
    assert_eq!(twice.problem(), (409, "document.taken".to_owned()), "the same file is kept once");
    brought(&manager, car, "kind=photograph&name=b.png", png()).await;
    assert_eq!(number(&world.db.pool, "select count(*) from vehicle_document").await.unwrap(), 3);
}

#[tokio::test]
async fn papers_of_another_unit_are_not_there() {
    let (world, car) = with_car().await;
    world.open_account("east.fleet", Role::FleetManager, EAST).await;
    let (manager, dispatcher, east) =
        (world.sign_in("manager").await, world.sign_in("dispatcher").await, world.sign_in("east.fleet").await);
    let id = brought(&manager, car, "kind=vehicle_licence&name=a.png", png()).await;
    let missing = (403, "auth.outside".to_owned());
    assert_eq!(east.get(&format!("/vehicles/{}/documents", car.id)).await.problem(), missing);
    assert_eq!(bring(&east, car, "kind=other&name=a.png", png()).await.problem(), missing);
    assert_eq!(east.get(&format!("/documents/{id}")).await.problem(), missing);
    assert_eq!(delete(&east, &id, "越权").await.problem(), missing);
    assert_eq!(bring(&dispatcher, car, "kind=other&name=a.png", png()).await.status, 403);
    assert_eq!(delete(&dispatcher, &id, "越权").await.status, 403);
    assert_eq!(dispatcher.get(&format!("/documents/{id}")).await.body, png());
}

#[tokio::test]
async fn a_deletion_needs_a_reason_and_leaves_a_trace() {
    let (world, car) = with_car().await;
    world.open_account("shenji", Role::AuditAdmin, WEST).await;
    let manager = world.sign_in("manager").await;
    let (file, hash) = (ofd(), hex::encode(Sha256::digest(ofd())));
    let id = brought(&manager, car, "kind=approval&name=a.ofd", file.clone()).await;
    let unsaid = delete(&manager, &id, "  ").await;
    assert_eq!(unsaid.json()["fields"], json!({ "reason": "reason.length" }));
    assert_eq!(manager.get(&format!("/documents/{id}")).await.body, file, "it is still there");
    assert_eq!(delete(&manager, &id, "传错了车").await.status, 204);
    let entry = told(&world, "deleted", &id).await;
    assert_eq!((&entry["login"], &entry["reason"], &entry["after"]), (&json!("manager"), &json!("传错了车"), &Value::Null));
    assert_eq!(
        (&entry["before"]["sha256"], &entry["before"]["kind"], &entry["before"]["name"]),
        (&json!(hash), &json!("approval"), &json!("a.ofd"))
    );
    let kept =
        "select count(*) from vehicle_document where content is null and sha256 is not null and delete_reason = '传错了车'";
    assert_eq!(number(&world.db.pool, kept).await.unwrap(), 1, "the content is gone, the row stays");
    let gone = (410, "document.deleted".to_owned());
    assert_eq!(manager.get(&format!("/documents/{id}")).await.problem(), gone);
    assert_eq!(delete(&manager, &id, "再删").await.problem(), gone);
    let list = manager.get(&format!("/vehicles/{}/documents", car.id)).await.json();
    assert_eq!((&list["items"][0]["sha256"], &list["items"][0]["deleted"]["reason"]), (&json!(hash), &json!("传错了车")));
    brought(&manager, car, "kind=approval&name=a.ofd", file).await;
}

#[tokio::test]
async fn a_paper_is_not_changed_by_the_owner_of_the_tables_either() {
    let (world, car) = with_car().await;
    let manager = world.sign_in("manager").await;
    let id = brought(&manager, car, "kind=other&name=a.png", png()).await;
    for change in [
        "update vehicle_document set content = content || '\\x00'",
        "update vehicle_document set name = 'b.png'",
        "update vehicle_document set kind = 'approval'",
        "update vehicle_document set content = null, deleted_at = now(), deleted_by = uploaded_by, delete_reason = ''",
        "delete from vehicle_document",
        "truncate vehicle_document",
    ] {
        assert!(execute(&world.db.pool, change).await.is_err(), "{change}");
    }
    assert_eq!(delete(&manager, &id, "传错").await.status, 204);
    let back = "update vehicle_document set content = '\\x00', deleted_at = null, deleted_by = null, delete_reason = null";
    assert!(execute(&world.db.pool, back).await.is_err());
}

#[tokio::test]
async fn a_byte_that_changed_in_the_store_is_found_and_not_given_out() {
    let (world, car) = with_car().await;
    let manager = world.sign_in("manager").await;
    let id = brought(&manager, car, "kind=purchase_invoice&name=a.pdf", pdf()).await;
    // As a disk does it: past every rule of the schema.
    for past in [
        "alter table vehicle_document disable trigger vehicle_document_kept",
        "alter table vehicle_document drop constraint vehicle_document_hash_check",
        "update vehicle_document set content = set_byte(content, 300000, get_byte(content, 300000) # 1)",
    ] {
        execute(&world.db.pool, past).await.unwrap();
    }
    let answer = manager.get(&format!("/documents/{id}")).await;
    assert_eq!(answer.problem(), (500, "document.damaged".to_owned()));
    execute(&world.db.pool, "update vehicle_document set content = substring(content from 1 for 1000)").await.unwrap();
    assert_eq!(manager.get(&format!("/documents/{id}")).await.problem(), (500, "document.damaged".to_owned()));
}
