//! Lists taken from the law (法定清单).

use crate::rule::key::{Chapter, RuleKey};
use crate::rule::spec::{Builtin, BuiltinValue, Kind, Local, Reader, RuleSpec, day};

pub(super) const SPECS: &[RuleSpec] = &[RuleSpec {
    key: RuleKey::ViolationHeads,
    chapter: Chapter::Law,
    title_en: "The nine heads of violations",
    kind: Kind::Texts(&[]),
    local: Local::Nowhere,
    basis: "[V 18] [V2 35] [BG]",
    features: &["R10"],
    reader: Reader::Papers,
    builtin: &[Builtin {
        from: day(2017, 12, 5),
        source: "《党政机关公务用车管理办法》(中办发〔2017〕71号)第二十六条；第5至9项文字为整理",
        value: BuiltinValue::Texts(&[
            "超编制、超标准配备公务用车",
            "将公务用车登记在下属单位、企业或者个人名下",
            "公车私用、私车公养，或既领取公务交通补贴又违规使用公务用车",
            "换用、借用、占用下属单位或其他单位和个人的车辆，或擅自接受赠送的车辆",
            "挪用或固定给个人使用执法执勤、机要通信等公务用车",
            "增加高档配置或豪华内饰",
            "在车辆维修等费用中虚列名目或夹带其他费用，为非本单位车辆报销运行维护费用",
            "违规处置公务用车",
            "其他违规行为",
        ]),
    }],
}];
