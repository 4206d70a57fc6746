//! How a name may be typed in: folded, in pinyin, by initials; from any character on, with the other readings of characters that
//! have several.

use std::collections::BTreeSet;

use pinyin::ToPinyin as _;

/// Characters of names of places and organs that are read in more ways than one (多音字); the dictionary knows the first.
const READINGS: &[(char, &[&str])] = &[
    ('埔', &["bu", "pu"]),
    ('朝', &["chao", "zhao"]),
    ('车', &["che", "ju"]),
    ('重', &["zhong", "chong"]),
    ('长', &["chang", "zhang"]),
    ('调', &["diao", "tiao"]),
    ('都', &["du", "dou"]),
    ('阿', &["a", "e"]),
    ('蚌', &["bang", "beng"]),
    ('亳', &["bo"]),
    ('泊', &["bo", "po"]),
    ('洞', &["dong", "tong"]),
    ('番', &["fan", "pan"]),
    ('柏', &["bai", "bo"]),
    ('佛', &["fo", "fu"]),
    ('行', &["xing", "hang"]),
    ('合', &["he", "ge"]),
    ('会', &["hui", "kuai"]),
    ('解', &["jie", "xie"]),
    ('降', &["jiang", "xiang"]),
    ('藏', &["cang", "zang"]),
    ('乐', &["le", "yue"]),
    ('六', &["liu", "lu"]),
    ('率', &["lv", "lu", "shuai"]),
    ('绿', &["lv", "lu"]),
    ('旅', &["lv", "lu"]),
    ('女', &["nv", "nu"]),
    ('陂', &["bei", "pi", "po"]),
    ('铅', &["qian", "yan"]),
    ('厦', &["sha", "xia"]),
    ('单', &["dan", "shan"]),
    ('盛', &["sheng", "cheng"]),
    ('石', &["shi", "dan"]),
    ('尉', &["wei", "yu"]),
    ('吾', &["wu", "yu"]),
    ('校', &["xiao", "jiao"]),
    ('歙', &["she", "xi"]),
    ('浚', &["jun", "xun"]),
    ('荥', &["xing", "ying"]),
    ('涡', &["wo", "guo"]),
    ('鄞', &["yin"]),
    ('传', &["chuan", "zhuan"]),
    ('参', &["can", "shen"]),
    ('差', &["cha", "chai"]),
    ('大', &["da", "dai"]),
    ('什', &["shi", "shen"]),
    ('莘', &["shen", "xin"]),
    ('隰', &["xi"]),
    ('䶮', &["yan"]),
    ('㐂', &["xi"]),
    ('𠮷', &["ji"]),
];

/// Most readings of one name that are kept: three characters with two readings each.
const READINGS_KEPT: usize = 8;

/// How a name may be typed in (名称拼写).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// The whole name in small letters and without spaces, then in pinyin and by initials, each reading.
    pub whole: Vec<String>,
    /// The same from each character on, so that the beginning of any of them finds the name. Sorted.
    pub starts: Vec<String>,
}

/// The text as names and questions are compared: small letters, no spaces, full-width letters as plain ones.
pub fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// A full-width sign as its plain one.
fn narrow(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        other => other,
    }
}

/// The ways to read one character; itself when it is no Chinese one.
fn readings(sign: char) -> Vec<String> {
    if let Some((_, known)) = READINGS.iter().find(|(known, _)| *known == sign) {
        return known.iter().map(|reading| (*reading).to_owned()).collect();
    }
    // In the dictionary ü is a letter; on a keyboard it is v.
    vec![sign.to_pinyin().map_or_else(|| sign.to_string(), |pinyin| pinyin.plain().replace('ü', "v"))]
}

impl Spelling {
    /// The ways to type `name`.
    pub fn of(name: &str) -> Self {
        let name = folded(name);
        let mut lines: Vec<Vec<String>> = vec![Vec::new()];
        for sign in name.chars() {
            let readings = readings(sign);
            let kept = if lines.len() * readings.len() > READINGS_KEPT { 1 } else { readings.len() };
            lines = readings
                .iter()
                .take(kept)
                .flat_map(|reading| lines.iter().map(move |line| line.iter().cloned().chain([reading.clone()]).collect()))
                .collect();
        }
        let mut whole = vec![name.clone()];
        let mut starts: BTreeSet<String> = name.char_indices().filter_map(|(at, _)| name.get(at..)).map(str::to_owned).collect();
        for line in &lines {
            let initials: String = line.iter().filter_map(|syllable| syllable.chars().next()).collect();
            for (start, _) in line.iter().enumerate() {
                starts.insert(line.iter().skip(start).map(String::as_str).collect());
                starts.insert(initials.chars().skip(start).collect());
            }
            for spelt in [line.concat(), initials] {
                if !whole.contains(&spelt) {
                    whole.push(spelt);
                }
            }
        }
        starts.remove("");
        Self { whole, starts: starts.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(name: &str, typed: &str) -> bool {
        Spelling::of(name).starts.iter().any(|start| start.starts_with(typed))
    }

    #[test]
    fn a_name_is_found_by_its_characters_its_pinyin_and_its_initials_from_any_of_them_on() {
        for typed in ["杭州", "事务", "hangzhou", "hangz", "hzsjg", "jgsw", "jiguan", "swglj", "局"] {
            assert!(finds("杭州市机关事务管理局", typed), "{typed}");
        }
        for typed in ["angzhou", "上海", "zsj g"] {
            assert!(!finds("杭州市机关事务管理局", typed), "{typed}");
        }
    }

    #[test]
    fn a_character_with_two_readings_is_found_by_both() {
        for (name, typed) in [
            ("重庆市公安局", "chongqing"),
            ("重庆市公安局", "zhongqing"),
            ("长沙市财政局", "changsha"),
            ("县长办公室", "xianzhang"),
            ("厦门市税务局", "xiamen"),
            ("绿化管理处", "lvhua"),
            ("绿化管理处", "lhglc"),
            ("乐清市", "yueqing"),
            ("𠮷林㐂局", "jilinxi"),
        ] {
            assert!(finds(name, typed), "{name} {typed}");
        }
    }

    #[test]
    fn a_name_of_nothing_but_such_characters_stays_small() {
        let spelling = Spelling::of(&"重长行会".repeat(20));
        assert!(spelling.whole.len() <= 1 + 2 * READINGS_KEPT);
        assert!(spelling.starts.len() <= 80 * (1 + 2 * READINGS_KEPT), "{}", spelling.starts.len());
    }

    #[test]
    fn letters_and_digits_stay_what_they_are() {
        assert_eq!(folded(" Ａ B１ 局"), "ab1局");
        assert!(finds("110指挥中心", "110zhz") && finds("IT部", "itb"));
        assert_eq!(Spelling::of(""), Spelling { whole: vec![String::new()], starts: Vec::new() });
    }
}
