//! The closed register of keys and the chapters they stand in; what each one is, says `register`.

use crate::word::words;

words! {
    /// Part of the register (规则分类).
    Chapter, ChapterError, "rule.chapter" {
        /// What may be bought.
        Equipment = "equipment", "配备标准";
        /// When a car is renewed and how it goes.
        Renewal = "renewal", "更新与处置";
        /// What is noticed and after how long.
        Supervision = "supervision", "监督与报警";
        /// How tracks are read.
        Tracking = "tracking", "轨迹判定";
        /// Requests, orders and time limits.
        Trips = "trips", "用车与派车";
        /// Tariffs, quotas and cards.
        Money = "money", "费用与额度";
        /// Consumption and emission factors.
        Energy = "energy", "能耗与碳排放";
        /// Days and hours of work.
        Calendar = "calendar", "日历与工时";
        /// Passwords, logs and how long things are kept.
        Security = "security", "安全与留存";
        /// Lists taken from the law.
        Law = "law", "法定清单";
    }
}

words! {
    /// A value that a rule uses (规则项).
    RuleKey, RuleKeyError, "rule.key" {
        /// Price and displacement that a category may have.
        EquipmentCeiling = "equipment_ceiling", "配备价格与排量上限";
        /// Least share of new-energy cars among those bought in a year.
        NevShare = "nev_share", "新能源汽车年度采购占比下限";
        /// The same for confidential couriers on fixed routes.
        NevShareCourier = "nev_share_courier", "机要通信等新能源采购占比下限";
        /// What counts as new energy when buying.
        NevPowertrains = "nev_powertrains", "计入新能源汽车的动力类型";
        /// What counts as new energy in the report of the national plan.
        NevPowertrainsPlan = "nev_powertrains_plan", "国家规划口径的新能源动力类型";

        /// Years after which a car may be renewed.
        RenewalYears = "renewal_years", "更新使用年限";
        /// Kilometres that must be driven too, where a place asks for them.
        RenewalKilometres = "renewal_kilometres", "更新里程下限";
        /// Most of the stock that is renewed in a year.
        RenewalStockShare = "renewal_stock_share", "年度更新占存量比例上限";
        /// Years after which a car must be scrapped, whatever its state.
        ForcedScrap = "forced_scrap", "强制报废使用年限";
        /// The old car goes before the new one has its plate.
        DisposalFirst = "disposal_first", "先处置后更新";
        /// Days for which an indicator is valid.
        IndicatorDays = "indicator_days", "指标有效期";
        /// Working days from registration to the entry on the platform.
        PlatformEntry = "platform_entry", "上牌后入平台期限";
        /// Days before a due date on which a reminder goes out.
        ReminderDays = "reminder_days", "到期提醒提前天数";
        /// Kilometres before upkeep on which a reminder goes out.
        ReminderKilometres = "reminder_kilometres", "保养提醒提前里程";
        /// Targets and terms of a plan of renewal.
        RenewalTargets = "renewal_targets", "更新规划目标与参数";
        /// New cars that a plan reckons with.
        RenewalNewCars = "renewal_new_cars", "更新规划备选车型";
        /// What a battery car can do.
        ElectricFit = "electric_fit", "纯电适用性参数";
        /// What makes a car urgent to renew.
        ReplacementScore = "replacement_score", "更新评分权重";

        /// A01: metres from the parking place that are use.
        UnorderedMove = "unordered_move", "无单用车移动距离";
        /// A01: minutes before and after the plan that are forgiven.
        OrderTolerance = "order_tolerance", "派车时段前后容差";
        /// A06: detour.
        Detour = "detour", "绕道超限比例";
        /// A06: metres beside the planned way.
        OffRoute = "off_route", "偏离计划路线距离";
        /// A07: time of day by which a car is back.
        ReturnBy = "return_by", "回单位停放截止时刻";
        /// A07: metres around the base that are the base.
        BaseRadius = "base_radius", "停放基地范围";
        /// A08: minutes at a sensitive place.
        SensitiveStop = "sensitive_stop", "敏感地点停留时长";
        /// A08: kinds of sensitive place.
        SensitivePlaces = "sensitive_places", "敏感地点类型";
        /// A09: minutes after the plan's end.
        OverdueReturn = "overdue_return", "超期未还容差";
        /// A11: reported and measured mileage.
        MileageMismatch = "mileage_mismatch", "里程不符比例";
        /// A12: two fills within.
        RefuelInterval = "refuel_interval", "两次加油最短间隔";
        /// A15: driving without a rest.
        TiredDriving = "tired_driving", "连续驾驶时长上限";
        /// A16: parked and not heard.
        OfflineParkedAlarm = "offline_parked_alarm", "停放离线报警时长";
        /// A20: coolant.
        CoolantHigh = "coolant_high", "水温报警上限";
        /// Hours in which a finding is explained before it goes to who leads.
        ExplainWithin = "explain_within", "异常说明时限";
        /// Stars at or under which a rating with words is a case.
        LowRating = "low_rating", "差评立案星级";
        /// What a driver's quarter is weighed with.
        DriverScore = "driver_score", "驾驶员星级评分权重";
        /// End-to-end handling of an emergency alarm.
        AlarmHandling = "alarm_handling", "紧急报警处置时限";

        /// A19: ignition on and standing.
        IdleTooLong = "idle_too_long", "怠速超长时长";
        /// Silence after which a car under way is offline; A16.
        OfflineAfter = "offline_after", "行驶中离线判定时长";
        /// Silence after which a parked car is offline.
        OfflineParkedAfter = "offline_parked_after", "停放离线判定时长";
        /// A03: speed.
        SpeedLimit = "speed_limit", "超速限值";
        /// A03: for how long.
        SpeedingFor = "speeding_for", "超速持续时长";
        /// Standing that makes a stop.
        StopAfter = "stop_after", "停留点判定时长";

        /// How long before departure a request comes.
        LeadTime = "lead_time", "用车申请提前时间";
        /// Hours in which an emergency trip is ratified.
        RatifyWithin = "ratify_within", "紧急用车补批时限";
        /// Seconds in which a decision can be taken back.
        UndoWithin = "undo_within", "审批决定可撤销时限";
        /// What cars are used for, and what they are not.
        TripReasons = "trip_reasons", "用车事由正负面清单";
        /// Minutes between trips that may ride together.
        PoolWithin = "pool_within", "拼车时间差上限";
        /// Metres between places of trips that may ride together.
        PoolNear = "pool_near", "拼车起终点距离上限";
        /// Days ahead for which plans become requests.
        PlanHorizon = "plan_horizon", "周期用车提前生成天数";
        /// Minutes of standing at the base that are the return.
        BaseStand = "base_stand", "回基停放判定时长";
        /// How much longer the way is than the straight line.
        WayFactor = "way_factor", "道路里程系数";
        /// How fast cars are over a distance, for estimates.
        TravelSpeed = "travel_speed", "预估行驶速度表";
        /// What cars are ordered by when they are proposed.
        DispatchPrices = "dispatch_prices", "派车计价权重";

        /// What a car costs a year and a kilometre, when fleets are compared.
        FleetCosts = "fleet_costs", "车队规模推演成本";
        /// Price by kilometre and distance.
        TariffDistance = "tariff_distance", "里程计价表";
        /// Price by time inside the area.
        TariffTime = "tariff_time", "计时计价表";
        /// Price of waiting, short trips and the driver's meals.
        TariffExtras = "tariff_extras", "等候与补助计价表";
        /// Time-share: most a day.
        TimeShareDay = "time_share_day", "分时租赁单日封顶";
        /// Time-share: most a car and year.
        TimeShareYear = "time_share_year", "分时租赁单车年度上限";
        /// Months over which an unused quota carries.
        QuotaCarry = "quota_carry", "额度结转周期";
        /// Share of a quota at which it warns.
        QuotaWarning = "quota_warning", "额度预警比例";
        /// Minutes within which as much for the same looks like one receipt entered twice.
        ExpenseTwice = "expense_twice", "重复费用判定时长";
        /// Fuel card: most a top-up.
        CardTopUp = "card_top_up", "加油卡单次充值上限";
        /// Fuel card: most a fill.
        CardFill = "card_fill", "加油卡单次加油上限";

        /// Repairs: from this amount on quotes are compared.
        RepairCompareFrom = "repair_compare_from", "维修询价起点金额";
        /// Repairs: so many quotes are compared.
        RepairQuotes = "repair_quotes", "维修询价最少家数";

        /// Emission of the grid.
        GridFactor = "grid_factor", "电力二氧化碳排放因子";
        /// Which of the factors of the grid is used.
        GridRegion = "grid_region", "采用的电力排放因子区域";
        /// Emission of fuels.
        FuelFactor = "fuel_factor", "燃料二氧化碳排放因子";
        /// Consumption that is out of the ordinary.
        ConsumptionCap = "consumption_cap", "百公里能耗上限";

        /// Holidays and swap-workdays, one version a year.
        CalendarDays = "calendar_days", "法定节假日与调休";
        /// Hours of work of a working day.
        WorkingHours = "working_hours", "工作时间";

        /// Fewest characters of a password.
        PasswordLength = "password_length", "口令最短长度";
        /// Days after which a password is changed.
        PasswordAge = "password_age", "口令更换周期";
        /// Passwords that may not come again.
        PasswordHistory = "password_history", "口令不可重复次数";
        /// Wrong passwords that lock an account.
        LockAfter = "lock_after", "口令错误锁定次数";
        /// Days that logs are at hand.
        LogOnline = "log_online", "日志在线留存";
        /// Days that logs are in the archive.
        LogArchive = "log_archive", "日志归档留存";
        /// Days that tracks are at hand.
        TrackOnline = "track_online", "轨迹在线留存";

        /// The nine heads of article 26.
        ViolationHeads = "violation_heads", "违规情形(第二十六条)";
    }
}
