//! What fuzzing has found: each input once fell or said something wrong, and does so no more.

use telematics::jt808::down::Down;
use telematics::jt808::frame;
use telematics::jt808::{self, Edition, Header, TerminalNo};

#[test]
fn every_byte_of_a_message_is_in_a_field_also_where_a_body_makes_no_sense() {
    // 0x0702 in the layout of 2013 that breaks off within the card of the driver, with every status and result.
    let body =
        hex::decode("04d5c5c8fd33333031303231393930303130313132335800000000000000000ebabcd6ddcad0b9abb9dcd6d0d0c4").unwrap();
    let terminal = TerminalNo::of_digits("13800138000", Edition::V2013).unwrap();
    for (status, result) in [(4, 0), (1, 0), (2, 1)] {
        let mut body = body.clone();
        (body[0], body[7]) = (status, result);
        let mut bytes = Vec::new();
        frame::put(&mut bytes, &Header::plain(0x0702, Edition::V2013, terminal, 0), &body).unwrap();
        let fields = jt808::fields(&bytes).unwrap();
        let end = fields.iter().fold(0, |end, field| {
            assert_eq!(field.offset, end, "{fields:#?}");
            end + field.length
        });
        assert_eq!(end, 12 + body.len() + 1);
    }
}

#[test]
fn an_authentication_code_of_zeros_is_none() {
    let read = Down::decode(0x8100, Edition::V2013, &[0, 1, 2, 0, 0]).unwrap();
    let again = Down::decode(0x8100, Edition::V2013, &read.encode(Edition::V2013).unwrap());
    assert_eq!(again, Ok(read));
}
