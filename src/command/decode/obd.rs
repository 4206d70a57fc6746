//! `motorpool decode obd`: one line an answer of the adapter.

use std::io::{self, Write};

use serde_json::{Value, json};
use telematics::obd::transcript::{self, Answer, Meaning};

use crate::command::decode::places;

pub(super) fn run(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    for answer in transcript::answers(bytes) {
        writeln!(out, "{}", spoken(&answer))?;
    }
    Ok(())
}

fn spoken(answer: &Answer) -> Value {
    let mut line = json!({ "protocol": "obd", "at": answer.at, "request": answer.request });
    let ecu = answer.ecu.map(|ecu| format!("{ecu:03X}"));
    let said = match &answer.meaning {
        Err(error) => json!({ "error": { "code": error.code(), "detail": error.to_string() } }),
        Ok(Meaning::Value { pid, name, value }) => {
            json!({ "service": "01", "pid": format!("{pid:02X}"), *name: places(*value, 4), "ecu": ecu })
        }
        Ok(Meaning::Supported { pids }) => {
            let pids: Vec<String> = pids.iter().map(|pid| format!("{pid:02X}")).collect();
            json!({ "service": "01", "ecu": ecu, "supported": pids })
        }
        Ok(Meaning::Lamp { on, codes }) => {
            json!({ "service": "01", "pid": "01", "ecu": ecu, "fault_lamp": on, "stored_codes": codes })
        }
        Ok(Meaning::Vin(vin)) => json!({ "service": "09", "pid": "02", "ecu": ecu, "vin": vin }),
        Ok(Meaning::TroubleCodes { service, codes }) => {
            json!({ "service": format!("{service:02X}"), "ecu": ecu, "trouble_codes": codes })
        }
        Ok(Meaning::Adapter(text)) => json!({ "adapter": text }),
        Ok(Meaning::Other(data)) => json!({ "ecu": ecu, "data": hex::encode(data) }),
    };
    if let (Value::Object(line), Value::Object(said)) = (&mut line, said) {
        line.extend(said);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::decode::tests::lines;

    #[test]
    fn an_answer_is_one_line_with_its_unit() {
        let lines = lines(|out| run(include_bytes!("../../../fixtures/obd/start.txt"), out));
        let find = |request: &str| lines.iter().find(|line| line["request"] == request).unwrap();
        assert_eq!(find("010C")["rpm"], 1726.0);
        assert_eq!(find("012F")["fuel_pct"], 50.1961);
        assert_eq!(find("015E")["error"]["code"], "obd.no_data");
        assert_eq!(find("01A6")["error"]["code"], "obd.other_service");
        assert_eq!(find("0902")["vin"], "LSVAA49J132047371");
        assert_eq!(find("03")["trouble_codes"], json!(["P0301"]));
        assert_eq!(find("0105")["error"]["code"], "obd.unknown_request");
    }
}
