//! Who comes in, what is answered and what is not, and the sub-link in either direction.

use fleet_db::testing::fleet::Standstill;
use gateway::jt809::config::Superior;
use telematics::jt809::message::result;
use telematics::jt809::{About, Content, Edition, Message, Position};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::gate::Gate;
use super::platform::Platform;
use super::{NUMBER, password, rows, superior, until, upper};
use crate::bench::{A_WHILE, Bench, driving, morning, within};

/// A position of 2011 `secs` after the morning.
fn position(secs: i64) -> Position {
    Position::of(&driving(secs, secs).to_observation(morning()).unwrap(), Edition::V2011, "")
}

fn about(plate: &str, content: Content) -> Message {
    Message::About(About { plate: plate.to_owned(), colour: 1, content })
}

#[tokio::test]
async fn who_is_not_in_the_register_stays_outside() {
    let (bench, cars) = upper(&[NUMBER], &[]).await;
    for (code, user, password, expected) in [
        (1201, 7, "secret12", result::ACCESS_CODE),
        (1200, 8, "secret12", result::USER),
        (1200, 7, "secret13", result::PASSWORD),
        (1200, 7, "secret1", result::PASSWORD),
    ] {
        for edition in Edition::ALL {
            let mut stranger = Platform::connect(bench.jt809, edition, code).await;
            assert_eq!(stranger.login(user, password, None).await.0, expected);
            assert!(stranger.is_closed().await);
        }
    }
    // Without a login nothing is believed.
    let mut early = Platform::connect(bench.jt809, Edition::V2011, 1200).await;
    early.say(&about("浙A13800138001", Content::Position(position(0)))).await;
    assert_eq!(early.login(7, "secret12", None).await.0, result::OK);
    early.say(&Message::LinkTest).await;
    assert_eq!(early.hear().await, Message::LinkTestAnswer);
    assert_eq!(rows(&bench, cars[0]).await.len(), 0);
    // Shut out by the register, it goes at once.
    fleet_db::testing::fleet::execute(&bench.db.pool, "update gb32960_platform set disabled_at = now()").await.unwrap();
    assert!(early.is_closed().await);
}

#[tokio::test]
async fn a_position_is_not_answered_and_a_keep_alive_only_when_all_before_it_is_stored() {
    let (bench, cars) = upper(&[NUMBER, "MP-9"], &["update device set platform_id = null where terminal_id = 'MP-9'"]).await;
    let mut below = Platform::connect(bench.jt809, Edition::V2011, 1200).await;
    assert_eq!(below.login(7, "secret12", None).await.0, result::OK);
    below.say(&about("浙A13800138001", Content::Position(position(0)))).await;
    assert!(timeout(A_WHILE, below.next()).await.is_err(), "no answer to a position");
    until(&bench, cars[0], 1).await;

    let standstill = Standstill::begin(&bench.db.pool).await.unwrap();
    below.say(&about("浙A13800138001", Content::Positions((1..=5).map(position).collect()))).await;
    // One of another platform's vehicles, one that nobody knows, one whose time is none.
    below.say(&about("浙AMP-9", Content::Position(position(6)))).await;
    below.say(&about("京A00000", Content::Position(position(6)))).await;
    below.say(&about("浙A13800138001", Content::Position(Position::V2011([0xee; 36])))).await;
    below.say_bytes(b"noise[broken]").await;
    below.say(&Message::LinkTest).await;
    assert!(timeout(A_WHILE, below.next()).await.is_err(), "nothing is stored yet");
    standstill.end().await.unwrap();
    assert_eq!(below.hear().await, Message::LinkTestAnswer);
    assert_eq!((rows(&bench, cars[0]).await.len(), rows(&bench, cars[1]).await.len()), (6, 0));
    assert_eq!(bench.quarantined().await, ["jt809.time"]);
    assert_eq!(bench.number("select count(*) from vehicle_position where flags & 16 <> 0").await, 5, "0x1203 is 补报");

    // The same once more, as it happens when a link broke before it was confirmed.
    below.say(&about("浙A13800138001", Content::Positions((0..=5).map(position).collect()))).await;
    below.say(&Message::Logout { user: 7, password: telematics::jt809::Password::new("secret12").unwrap() }).await;
    assert_eq!(below.hear().await, Message::LogoutAnswer);
    below.say(&about("浙A13800138001", Content::Position(position(7)))).await;
    below.say(&Message::LinkTest).await;
    assert_eq!(below.hear().await, Message::LinkTestAnswer);
    assert_eq!(rows(&bench, cars[0]).await.len(), 6, "nothing twice, and nothing after the sign-out");
    below.say(&Message::Closing(1)).await;
    assert!(below.is_closed().await);
}

#[tokio::test]
async fn the_sub_link_is_opened_to_where_the_lower_platform_waits() {
    let (bench, _) = upper(&[NUMBER], &[]).await;
    let door = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut below = Platform::connect(bench.jt809, Edition::V2019, 1200).await;
    let (answer, code) = below.login(7, "secret12", Some(door.local_addr().unwrap())).await;
    assert_eq!(answer, result::OK);
    let (visitor, _) = within(door.accept()).await.unwrap();
    let mut sub = Platform::on(visitor, Edition::V2019, 1200);
    assert_eq!(sub.hear().await, Message::SubLogin(code));
    sub.say(&Message::SubLoginAnswer(result::OK)).await;
    assert_eq!(sub.hear().await, Message::SubLinkTest);
    sub.say(&Message::SubLinkTestAnswer).await;
    drop(below);
    assert!(sub.is_closed().await, "it ends with the main link");
}

#[tokio::test]
async fn the_upper_platform_opens_its_sub_link_with_the_code_it_gave() {
    let province = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let gate = Gate::before(province.local_addr().unwrap()).await;
    let password = password();
    let mut bench = Bench::new().await;
    bench.config.jt809.sub_listen = Some("127.0.0.1:0".parse().unwrap());
    let sub_host = "127.0.0.1".to_owned();
    bench.config.jt809.superiors = vec![Superior { edition: Edition::V2011, sub_host, ..superior(&gate, &password) }];
    bench.start().await;
    let (visitor, _) = within(province.accept()).await.unwrap();
    let mut above = Platform::on(visitor, Edition::V2011, 1200);
    let Message::Login(login) = above.hear().await else { panic!("a login comes first") };
    assert_eq!((login.user, login.access_code, login.host.as_str()), (7, None, "127.0.0.1"));
    above.say(&Message::LoginAnswer { result: result::OK, check_code: 77 }).await;
    for (code, expected) in [(78, result::SUB_CHECK_CODE), (77, result::OK)] {
        let stream = TcpStream::connect((login.host.as_str(), login.port)).await.unwrap();
        let mut sub = Platform::on(stream, Edition::V2011, 1200);
        // The answer to the login may still be on its way when the first one comes.
        let mut answer = None;
        while answer != Some(Message::SubLoginAnswer(expected)) {
            sub.say(&Message::SubLogin(code)).await;
            answer = Some(sub.hear().await);
            if answer != Some(Message::SubLoginAnswer(expected)) {
                sub =
                    Platform::connect((login.host.parse::<std::net::IpAddr>().unwrap(), login.port).into(), Edition::V2011, 1200)
                        .await;
            }
        }
        if expected == result::OK {
            sub.say(&Message::SubLinkTest).await;
            assert_eq!(sub.hear().await, Message::SubLinkTestAnswer);
            sub.say(&Message::SubLogout(77)).await;
            assert_eq!(sub.hear().await, Message::SubLogoutAnswer);
        } else {
            assert!(sub.is_closed().await);
        }
    }
}
