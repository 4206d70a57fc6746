//! What can be wrong with a plan.

use serde::Serialize;

use crate::word::words;

words! {
    /// What is wrong with a plan (计划差错).
    BreachKind, BreachKindError, "plan.breach" {
        /// Not in the problem.
        UnknownRequest = "unknown_request", "未知申请";
        /// Not in the problem.
        UnknownVehicle = "unknown_vehicle", "未知车辆";
        /// Not in the problem.
        UnknownDriver = "unknown_driver", "未知驾驶员";
        /// Neither served once nor left out once.
        NotOnce = "not_once", "申请未恰好安排一次";
        /// The car is for something else.
        Category = "category", "车辆类别不符";
        /// More people than seats.
        Seats = "seats", "座位不足";
        /// The car lacks something that was asked for.
        Tags = "tags", "车辆缺少所需条件";
        /// The car's unit does not share it with this one.
        Sharing = "sharing", "车辆未与该单位共享";
        /// They do not go from the same place to the same place, or do not want company.
        Pooling = "pooling", "不能合乘";
        /// Picked up too early or too late.
        PickUp = "pick_up", "上车时间不在约定范围";
        /// Leaves before it is free, before now, or too late to be there.
        Departure = "departure", "出发时间不成立";
        /// Free before the service is over.
        Service = "service", "服务时间不足";
        /// On the road when it is not available.
        Shift = "shift", "超出车辆可用时段";
        /// On the road before or behind the time that is planned.
        Horizon = "horizon", "超出计划时段";
        /// Farther than it gets.
        Range = "range", "续航不足";
        /// No driver where one is needed.
        NoDriver = "no_driver", "没有驾驶员";
        /// The licence does not allow it.
        Licence = "licence", "准驾车型不符";
        /// Behind the wheel when not on duty.
        Duty = "duty", "超出驾驶员值班时段";
        /// In two cars at once.
        TwoCars = "two_cars", "驾驶员同时在两辆车上";
        /// What was promised is not kept.
        PromiseBroken = "promise_broken", "已承诺的安排被改动";
        /// A number of an order is wrong.
        WrongOrder = "wrong_order", "派车数据不符";
        /// A sum is wrong.
        WrongSum = "wrong_sum", "合计不符";
        /// A bound that is none.
        BoundAboveCost = "bound_above_cost", "下界高于成本";
    }
}

/// Something that is wrong with a plan (计划差错明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// What.
    pub code: BreachKind,
    /// What people call it.
    pub term: &'static str,
    /// Which request; empty where it is about none.
    pub request: String,
    /// Which car; empty where it is about none.
    pub vehicle: String,
    /// The numbers.
    pub detail: String,
}

impl Breach {
    pub(super) fn of(code: BreachKind, request: &str, vehicle: &str, detail: String) -> Self {
        Self { code, term: code.term(), request: request.to_owned(), vehicle: vehicle.to_owned(), detail }
    }
}
