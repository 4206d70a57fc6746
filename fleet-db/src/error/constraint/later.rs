//! The second half of the list of constraints: one list is longer than a file should be.

/// Declares the constraints that are given, and those that follow here.
macro_rules! with_later {
    ($($before:tt)*) => {
        constraints! {
            $($before)*
            /// One flow a name in a unit.
            FlowName = "approval_flow_name_key" => "flow.name_taken",
            /// Flows come in an order from 1 to 99.
            FlowRank = "approval_flow_rank_check" => "flow.rank",
            /// Numbers are those of requests and of orders.
            PaperNumberKind = "paper_number_kind_check" => "store.failed",
            /// One request a number.
            RequestNumber = "trip_request_number_key" => "trip.number_taken",
            /// A request stands in one of its states.
            RequestState = "trip_request_state_check" => "trip.request_state",
            /// A trip has a beginning and an end.
            RequestPlanned = "trip_request_planned_check" => "trip.ends_before_it_begins",
            /// A request asks for 1 to 20 cars.
            RequestCount = "trip_request_count_check" => "trip.vehicle_count",
            /// A car has 1 to 99 seats.
            RequestSeats = "trip_request_seats_check" => "vehicle.seats",
            /// Only an emergency is ratified afterwards.
            RequestRatify = "trip_request_ratify_check" => "trip.no_emergency",
            /// The unit that travels exists.
            RequestUnitKnown = "trip_request_unit_id_fkey" => "unit.unknown",
            /// The unit whose cars are asked for exists.
            RequestFleetKnown = "trip_request_dispatch_unit_id_fkey" => "unit.unknown",
            /// The car that is asked for by name exists.
            RequestVehicleKnown = "trip_request_wanted_vehicle_id_fkey" => "vehicle.unknown",
            /// A decision is one of the known ones.
            ApprovalAction = "trip_approval_action_check" => "trip.request_action",
            /// A step is decided once.
            ApprovalStep = "trip_approval_step_key" => "trip.decided",
            /// One order a number.
            OrderNumber = "dispatch_order_number_key" => "order.number_taken",
            /// An order stands in one of its states.
            OrderState = "dispatch_order_state_check" => "trip.order_state",
            /// An odometer does not go back.
            OrderOdometer = "dispatch_order_odometer_check" => "order.odometer_lower",
            /// Who declines or calls off says why.
            OrderEnd = "dispatch_order_end_check" => "order.reason",
            /// A car has one order at a time.
            OrderVehicle = "dispatch_order_vehicle_excl" => "order.vehicle_taken",
            /// A driver has one order at a time.
            OrderDriver = "dispatch_order_driver_excl" => "order.driver_taken",
            /// A car is on the road for one order.
            OrderVehicleUnderway = "dispatch_order_vehicle_underway_key" => "order.vehicle_underway",
            /// A driver is on the road with one car.
            OrderDriverUnderway = "dispatch_order_driver_underway_key" => "order.driver_underway",
            /// The driver of an order exists.
            OrderDriverKnown = "dispatch_order_driver_id_fkey" => "driver.unknown",
            /// A request rides with one car.
            RideRequest = "trip_ride_request_key" => "pool.rides_already",
            /// A request rides once with an order.
            RideOnce = "trip_ride_pkey" => "pool.rides_already",
            /// A trip is rated once.
            RatingOnce = "trip_rating_pkey" => "rating.once",
            /// A rating has one to five stars.
            RatingStars = "trip_rating_stars_check" => "rating.stars",
            /// A trip is shown once at a time.
            NoticeOnce = "trip_notice_order_key" => "notice.once",
            /// Nothing of a confidential trip is shown.
            NoticeConfidential = "trip_notice_confidential_check" => "notice.confidential",
            /// Who took something back, when and why, is known, and only then is it taken back.
            NoticeBack = "trip_notice_back_check" => "notice.reason",
            /// A device tells a step once.
            OrderStep = "dispatch_order_step_key" => "order.step_repeated",
            /// A proposal stands in one of its states.
            RuleChangeState = "rule_change_state_check" => "rule.change_state",
            /// Who decided on a proposal is known, and only then is it decided.
            RuleChangeDecided = "rule_change_decided_check" => "rule.decided",
            /// Who proposed a change does not decide on it.
            RuleChangeFourEyes = "rule_change_four_eyes_check" => "rule.four_eyes",
            /// What has been is changed by a document alone.
            RuleChangeDocument = "rule_change_document_check" => "rule.document",
            /// A proposal moves on and is not rewritten.
            RuleChangeMoves = "rule_change_moves_check" => "rule.state",
            /// A proposal's unit exists.
            RuleChangeUnitKnown = "rule_change_unit_id_fkey" => "unit.unknown",
            /// A proposal becomes one version.
            RuleVersionChange = "rule_version_change_key" => "rule.state",
            /// A version has four eyes behind it.
            RuleVersionFourEyes = "rule_version_four_eyes_check" => "rule.four_eyes",
            /// A version comes from the product or from a proposal.
            RuleVersionOrigin = "rule_version_origin_check" => "rule.not_approved",
            /// A version needs its approved proposal.
            RuleVersionApproved = "rule_version_approved_check" => "rule.not_approved",
            /// A version is never changed.
            RuleVersionFinal = "rule_version_final_check" => "rule.final",
            /// One sensitive place a name in a unit.
            SensitivePlaceName = "sensitive_place_name_key" => "sensitive_place.name_taken",
            /// A sensitive place has a name.
            SensitivePlaceNameForm = "sensitive_place_name_check" => "sensitive_place.name",
            /// A sensitive place reaches as far as a place does.
            SensitivePlaceRadius = "sensitive_place_radius_check" => "sensitive_place.radius",
            /// What does not fit is found once.
            FindingOnce = "trip_finding_key" => "finding.repeated",
            /// A finding stands in one of its states.
            FindingState = "trip_finding_state_check" => "finding.state",
            /// A violation, and nothing else, is one of a head of article 26.
            FindingHead = "trip_finding_head_check" => "finding.head",
            /// What is done with a finding is one of the known steps.
            FindingStepAction = "trip_finding_step_action_check" => "finding.action",
            /// Whoever takes a step says why.
            FindingStepSaid = "trip_finding_step_said_check" => "finding.text",
            /// One case a number of its source.
            CaseNumber = "public_case_number_key" => "case.number_taken",
            /// A case comes from one of the known sources.
            CaseSource = "public_case_source_check" => "case.source",
            /// A case stands in one of its states.
            CaseState = "public_case_state_check" => "case.state",
            /// A case that is linked has its finding.
            CaseLinked = "public_case_linked_check" => "case.finding",
            /// A case is closed with its result, by somebody.
            CaseClosed = "public_case_closed_check" => "case.result",
            /// What was true is a violation of a head, what was not is of none.
            CaseHead = "public_case_head_check" => "finding.head",
            /// One cause tells once.
            MessageCause = "message_dedup_key" => "message.repeated",
            /// A message matters in one of the known ways.
            MessageSeverity = "message_severity_check" => "message.severity",
            /// A message is about something or about nothing.
            MessageSubject = "message_subject_check" => "message.subject",
            /// A message goes to somebody once by each way.
            OutboxAccount = "message_outbox_account_key" => "message.repeated",
            /// What goes out is due, sent or given up.
            OutboxState = "message_outbox_state_check" => "message.state",
            /// What was sent was sent at some time.
            OutboxSent = "message_outbox_sent_check" => "message.state",
            /// An expense is of one of the kinds.
            ExpenseKind = "trip_expense_kind_check" => "expense.kind",
            /// An expense is more than nothing, and no slip of the finger.
            ExpenseAmount = "trip_expense_amount_check" => "expense.amount",
            /// Litres go with fuel, kilowatt-hours with a charge.
            ExpenseEnergy = "trip_expense_energy_check" => "expense.energy",
            /// What takes an expense back says why.
            ExpenseReason = "trip_expense_reason_check" => "expense.reason",
            /// An expense is taken back once.
            ExpenseReverses = "trip_expense_reverses_key" => "expense.reversed",
            /// One expense stands in the stead of another.
            ExpenseInsteadOf = "trip_expense_instead_of_key" => "expense.reversed",
            /// A receipt is what its hash says.
            ExpenseReceipt = "trip_expense_receipt_check" => "expense.receipt_media",
            /// Nothing is entered when the trip is settled.
            ExpenseSettled = "trip_expense_settled_check" => "expense.settled",
            /// Nothing is entered when the car is back.
            ExpenseLocked = "trip_expense_locked_check" => "expense.locked",
            /// A reversal is the opposite of an expense of the same trip.
            ExpenseReversal = "trip_expense_reversal_check" => "expense.reversed",
            /// An expense is never changed.
            ExpenseFinal = "trip_expense_final_check" => "expense.final",
            /// A trip is settled in one of the known ways.
            SettlementBasis = "trip_settlement_basis_check" => "settlement.basis",
            /// A trip does not come to less than nothing.
            SettlementPositive = "trip_settlement_total_positive_check" => "settlement.total",
            /// A settlement is the sum of its lines.
            SettlementTotal = "trip_settlement_total_check" => "settlement.total",
            /// A settlement is never changed.
            SettlementFinal = "trip_settlement_final_check" => "settlement.settled",
            /// A trip is settled once.
            SettlementOnce = "trip_settlement_pkey" => "settlement.settled",
            /// A part of a settlement is not less than nothing.
            SettlementPartAmount = "trip_settlement_part_amount_check" => "settlement.total",
            /// The parts of a settlement are its whole.
            SettlementPartTotal = "trip_settlement_part_total_check" => "settlement.total",
            /// A request has one part of a settlement.
            SettlementPartOnce = "trip_settlement_part_pkey" => "settlement.settled",
            /// A contract has a number of its own with its supplier.
            ContractNumber = "supplier_contract_number_key" => "supplier.number_taken",
            /// A contract has its period.
            ContractDuring = "supplier_contract_during_check" => "supplier.period",
            /// A contract has the prices of its kind.
            ContractPrice = "supplier_contract_price_check" => "supplier.price",
            /// A supplier's car goes while its contract lasts.
            OrderContract = "dispatch_order_contract_check" => "supplier.contract",
            /// An allowance is of a month, or the pool of a year.
            AllowanceMonth = "allowance_account_month_check" => "allowance.month",
            /// One account a unit and month.
            AllowanceAccount = "allowance_account_key" => "allowance.month",
            /// No more is spent than is there, or than documents allow.
            AllowanceLeft = "allowance_account_left_check" => "allowance.exceeded",
            /// No more is given back than is held.
            AllowanceHeld = "allowance_account_held_check" => "allowance.held",
            /// An adjustment is of one of the kinds.
            AdjustmentKind = "allowance_adjustment_kind_check" => "allowance.adjustment_kind",
            /// An adjustment is of a month.
            AdjustmentMonth = "allowance_adjustment_month_check" => "allowance.month",
            /// An adjustment is of more than nothing.
            AdjustmentAmount = "allowance_adjustment_amount_check" => "allowance.amount",
            /// Spending beyond what is there has its document.
            AdjustmentDocument = "allowance_adjustment_document_check" => "allowance.document",
            /// An adjustment stands in one of its states.
            AdjustmentState = "allowance_adjustment_state_check" => "allowance.adjustment_state",
            /// Who decided on an adjustment is known, and only then is it decided.
            AdjustmentDecided = "allowance_adjustment_decided_check" => "allowance.decided",
            /// Who proposed an adjustment does not decide on it.
            AdjustmentFourEyes = "allowance_adjustment_four_eyes_check" => "allowance.four_eyes",
            /// An adjustment is decided once.
            AdjustmentFinal = "allowance_adjustment_final_check" => "allowance.decided",
            /// An entry does what its kind says.
            AllowanceEntryKind = "allowance_entry_kind_check" => "allowance.amount",
            /// A document alone allows more than is there.
            AllowanceEntryPermits = "allowance_entry_permits_check" => "allowance.document",
            /// What is held and spent is of an order.
            AllowanceEntryOrder = "allowance_entry_order_check" => "allowance.order",
            /// What is lent or allowed has its adjustment.
            AllowanceEntryAdjustment = "allowance_entry_adjustment_check" => "allowance.document",
            /// An order holds once at a time, and is debited once.
            AllowanceEntryOnce = "allowance_entry_order_key" => "allowance.repeated",
            /// An adjustment is entered once.
            AllowanceEntryAdjusted = "allowance_entry_adjustment_key" => "allowance.decided",
            /// An order is held and debited where its people come from.
            AllowanceEntryUnit = "allowance_entry_unit_check" => "allowance.order",
            /// What is given back was held.
            AllowanceEntryRelease = "allowance_entry_release_check" => "allowance.held",
            /// What is lent or allowed was approved.
            AllowanceEntryApproved = "allowance_entry_approved_check" => "allowance.document",
            /// What was entered stands.
            AllowanceFinal = "allowance_entry_final_check" => "allowance.final",
            /// A look over a car is told once under each key.
            OrderCheckKey = "order_check_key" => "request.repeated",
            /// A look over a car is before or after a trip.
            OrderCheckKind = "order_check_kind_check" => "check.kind",
            /// A closed defect says who closed it and what was done.
            VehicleDefectClosing = "vehicle_defect_closing_check" => "defect.closing",
            /// A car with an open defect that is a danger does not drive off.
            OrderDefect = "dispatch_order_defect_check" => "order.defect",
            /// A call for help is told once under each key.
            OrderSosKey = "order_sos_key" => "request.repeated",
            /// A call is for help or of an accident.
            OrderSosKind = "order_sos_kind_check" => "sos.kind",
            /// A telephone has a place on an open task alone.
            DriverPositionOpen = "driver_position_open_check" => "order.not_open",
            /// An authority names a vendor once at a time.
            VendorOnce = "designated_vendor_excl" => "vendor.taken",
            /// A vendor is named for one of three services.
            VendorService = "designated_vendor_service_check" => "repair.service",
            /// A vendor is named from a day to a day.
            VendorSpan = "designated_vendor_during_check" => "running.span",
            /// A vendor is a supplier of the register.
            VendorKnown = "designated_vendor_supplier_id_fkey" => "vendor.unknown",
            /// One repair order a number.
            RepairNumber = "repair_order_number_key" => "request.repeated",
            /// A repair is of one of the kinds.
            RepairKind = "repair_order_kind_check" => "repair.kind",
            /// A repair order stands in one of its states, with what belongs to it.
            RepairState = "repair_order_state_check" => "repair.state",
            /// A car is in the shop from an instant on.
            RepairSpan = "repair_order_in_shop_check" => "running.span",
            /// Who asked for a repair does not decide about it.
            RepairFourEyes = "repair_order_four_eyes_check" => "repair.four_eyes",
            /// An odometer says no less than nothing.
            RepairOdometer = "repair_order_odometer_check" => "repair.odometer",
            /// A car is in one shop at a time.
            RepairShop = "repair_order_shop_excl" => "repair.in_shop_already",
            /// A repair takes one of its own quotes.
            RepairQuoteOwn = "repair_order_quote_fkey" => "repair.quote",
            /// A repair is of a plan that there is.
            RepairUpkeepKnown = "repair_order_upkeep_id_fkey" => "upkeep.unknown",
            /// A car that is ordered does not go into the shop.
            RepairOrdered = "repair_order_ordered_check" => "repair.vehicle_ordered",
            /// A car in the shop is not sent.
            OrderInShop = "dispatch_order_in_shop_check" => "order.vehicle_in_shop",
            /// Parts and labour of a quote are its total.
            QuoteTotal = "repair_quote_total_check" => "repair.total_mismatch",
            /// A quote is of one repair.
            QuoteOf = "repair_quote_of_key" => "request.repeated",
            /// Who quotes is a supplier of the register.
            QuoteVendorKnown = "repair_quote_supplier_id_fkey" => "vendor.unknown",
            /// Parts and labour of a bill are its total.
            BillTotal = "repair_bill_total_check" => "repair.total_mismatch",
            /// The lines of a bill are the bill.
            BillLines = "repair_bill_lines_check" => "repair.lines_mismatch",
            /// A repair has one bill.
            BillOnce = "repair_bill_pkey" => "repair.state",
            /// A line of a bill says what, how many and for how much.
            BillLine = "repair_line_check" => "repair.line",
            /// Upkeep comes round after kilometres or months.
            UpkeepInterval = "upkeep_plan_interval_check" => "running.interval",
            /// A car has one plan of an item.
            UpkeepItem = "upkeep_plan_item_key" => "upkeep.taken",
            /// One policy a number of its insurer.
            PolicyNumber = "insurance_policy_number_key" => "policy.number_taken",
            /// A policy is of one of the kinds.
            PolicyKind = "insurance_policy_kind_check" => "policy.kind",
            /// A policy costs something.
            PolicyPremium = "insurance_policy_premium_check" => "running.amount",
            /// A policy has a first and a last day.
            PolicySpan = "insurance_policy_during_check" => "running.span",
            /// A car is insured once at a time.
            PolicyAgain = "insurance_policy_excl" => "policy.already",
            /// An inspection is of one of the kinds.
            InspectionKind = "vehicle_inspection_kind_check" => "inspection.kind",
            /// An inspection holds from its day on.
            InspectionSpan = "vehicle_inspection_span_check" => "running.span",
            /// An inspection costs something or nothing.
            InspectionFee = "vehicle_inspection_fee_check" => "running.amount",
            /// A car is inspected once a day.
            InspectionOnce = "vehicle_inspection_key" => "inspection.taken",
            /// What falls due is of one of the kinds.
            ReminderKind = "due_reminder_kind_check" => "due.kind",
            /// A year that is closed is one.
            ClosedYearForm = "closed_year_year_check" => "cost.year",
            /// A year is closed once.
            ClosedYearOnce = "closed_year_pkey" => "cost.year_closed_already",
            /// A cost is under one of the heads.
            CostHead = "vehicle_cost_head_check" => "cost.head",
            /// A cost comes from one of the sources.
            CostSource = "vehicle_cost_source_check" => "cost.source",
            /// A cost is more than nothing, and what came in is less.
            CostAmount = "vehicle_cost_amount_check" => "cost.amount",
            /// Energy goes with its head.
            CostEnergy = "vehicle_cost_energy_check" => "cost.energy",
            /// An entry is taken back once.
            CostReversed = "vehicle_cost_reverses_key" => "cost.reversed",
            /// What a source tells is entered once.
            CostOnce = "vehicle_cost_source_key" => "cost.repeated",
            /// A closed year does not move.
            CostClosed = "vehicle_cost_closed_check" => "cost.year_closed",
            /// A reversal is the opposite of an entry.
            CostReversal = "vehicle_cost_reversal_check" => "cost.reversed",
            /// What was entered stands.
            CostFinal = "vehicle_cost_final_check" => "cost.final",
            /// One card a number.
            CardNumber = "energy_card_number_key" => "card.number_taken",
            /// A card is of one of the kinds.
            CardKind = "energy_card_kind_check" => "card.kind",
            /// A card stands in one of its states.
            CardState = "energy_card_state_check" => "card.state",
            /// A car has one card of a kind.
            CardVehicle = "energy_card_vehicle_key" => "card.vehicle_taken",
            /// A card stays with its car.
            CardFinal = "energy_card_final_check" => "card.final",
            /// What is done with a card is told once.
            CardUseOnce = "card_use_number_key" => "card.use_repeated",
            /// A card is taken with or filled.
            CardUseAct = "card_use_act_check" => "card.act",
            /// What is done with a card comes to something.
            CardUseAmount = "card_use_amount_check" => "running.amount",
            /// What is taken is more than nothing.
            CardUseQuantity = "card_use_quantity_check" => "cost.energy",
            /// What was refused is no cost.
            CardUseCost = "card_use_cost_check" => "card.refusal",
            /// A record that waits came once.
            ExceptionOnce = "cost_exception_number_key" => "cost.repeated",
            /// A record waits for one of the known reasons.
            ExceptionWhy = "cost_exception_why_check" => "cost.exception",
            /// A record was linked, or somebody said why not.
            ExceptionResolved = "cost_exception_resolved_check" => "cost.exception",
            /// A unit has one way of a name.
            RouteName = "trip_route_name_key" => "route.name_taken",
            /// A plan stands in one of its states, and says from which day on.
            PlanState = "trip_plan_state_check" => "plan.state",
            /// A version says who decided on it, and only then is it decided.
            PlanVersionState = "trip_plan_version_state_check" => "plan.version_state",
            /// One change of a plan waits at a time.
            PlanWaiting = "trip_plan_version_waiting_key" => "plan.waiting",
            /// A day of a plan comes once.
            PlanDay = "trip_plan_day_key" => "plan.day_taken",
            /// What is said of a day of a plan is whole.
            PlanDayWhole = "trip_plan_day_check" => "store.failed",
            /// An accident is told once under each key.
            AccidentReport = "accident_case_report_key" => "request.repeated",
            /// The fields of an accident are within bounds.
            AccidentFields = "accident_case_check" => "accident.fields",
            /// A claim has its insurer and number, and a closed case says whose fault it was.
            AccidentState = "accident_case_state_check" => "accident.state",
            /// A violation is entered once.
            ViolationOnce = "violation_case_once_key" => "violation.entered",
            /// The fields of a violation are within bounds.
            ViolationFields = "violation_case_check" => "violation.fields",
            /// A step is of an accident or of a violation.
            IncidentStep = "incident_step_about_check" => "store.failed",
            /// A picture is brought once under each key.
            AccidentPhoto = "accident_photo_key" => "request.repeated",
            /// One paper a number.
            PaperNumber = "lifecycle_paper_number_key" => "store.failed",
            /// A paper is of one of the kinds.
            PaperKind = "lifecycle_paper_kind_check" => "store.failed",
            /// Who proposed a paper does not decide on it.
            PaperFourEyes = "lifecycle_paper_four_eyes_check" => "lifecycle.four_eyes",
            /// A paper says what its kind says.
            PaperWhole = "lifecycle_paper_whole_check" => "store.failed",
            /// A paper moves by its gates.
            PaperFinal = "lifecycle_paper_final_check" => "lifecycle.final",
            /// A car is renewed once.
            PaperRenewed = "lifecycle_paper_renewed_key" => "renewal.again",
            /// An indicator is used once.
            PaperIndicator = "lifecycle_paper_indicator_key" => "purchase.indicator_used",
            /// A car is bought once.
            PaperBought = "lifecycle_paper_bought_key" => "store.failed",
            /// A purchase has an indicator whose money was granted.
            PaperMoney = "lifecycle_paper_money_check" => "purchase.no_budget",
            /// A purchase has what its gates ask for.
            PaperPurchase = "lifecycle_paper_purchase_check" => "purchase.gate",
            /// A car goes once.
            PaperDisposed = "lifecycle_paper_disposed_key" => "disposal.again",
            /// A car goes to one unit at a time.
            PaperMoving = "lifecycle_paper_moving_key" => "transfer.again",
            /// A disposal has what its gates ask for.
            PaperDisposal = "lifecycle_paper_disposal_check" => "disposal.gate",
            /// What was paid is the sale less its costs.
            PaperProceeds = "lifecycle_paper_proceeds_check" => "disposal.paid",
            /// A unit holds no fewer places than none.
            EstablishmentAuthorised = "establishment_authorised_check" => "establishment.short",
            /// A paper moves a ledger once.
            EstablishmentOnce = "establishment_entry_once_key" => "lifecycle.final",
            /// A movement goes the way of its kind.
            EstablishmentKindKnown = "establishment_entry_kind_check" => "establishment.count",
            /// A movement has its document.
            EstablishmentDocument = "establishment_entry_document_check" => "lifecycle.text",
            /// A movement has its approved paper.
            EstablishmentApproved = "establishment_entry_approved_check" => "establishment.gate",
            /// A line of a budget is of some money.
            BudgetLineAmount = "budget_line_amount_check" => "budget.amount",
            /// An indicator stands in one budget.
            BudgetLineIndicator = "budget_line_indicator_key" => "budget.indicator_taken",
            /// A line of a budget has an indicator that was issued.
            BudgetLineIssued = "budget_line_issued_check" => "budget.no_indicator",
            /// A car comes of one purchase.
            RegistrationPurchase = "vehicle_registration_purchase_key" => "store.failed",
            /// A car is in somebody's name.
            RegistrationOwner = "vehicle_registration_owner_check" => "registration.owner",
            /// A price is above nothing.
            RegistrationPrice = "vehicle_registration_price_check" => "registration.price",
            /// An odometer says no less than nothing.
            RegistrationOdometer = "vehicle_registration_odometer_check" => "import.odometer",
            /// A plate holds for some time.
            PlateDuring = "vehicle_plate_during_check" => "plate.day",
            /// A car has one plate at a time.
            PlateOne = "vehicle_plate_one_excl" => "plate.day",
            /// A plate is on one car at a time.
            PlateOnce = "vehicle_plate_once_excl" => "vehicle.plate_taken",
            /// A marking's code is one car's.
            MarkingCode = "vehicle_marking_code_key" => "marking.code_taken",
            /// A marking has its code, and an exemption its document.
            MarkingKindKnown = "vehicle_marking_kind_check" => "marking.document",
            /// A marking ends after it begins.
            MarkingSpan = "vehicle_marking_span_check" => "marking.day",
            /// A car has one marking at a time.
            MarkingNow = "vehicle_marking_now_key" => "marking.day",
            /// A year has one report of a version.
            AnnualVersion = "annual_report_version_key" => "report.moved",
            /// A report is about a year of ours.
            AnnualYear = "annual_report_year_check" => "store.failed",
            /// A report stands somewhere on its way.
            AnnualStage = "annual_report_stage_check" => "store.failed",
            /// What was checked is kept, and a draft is worked out.
            AnnualFigures = "annual_report_figures_check" => "store.failed",
            /// What goes up was signed.
            AnnualSigned = "annual_report_signed_check" => "report.move",
            /// Who checked does not sign, who handed up does not accept.
            AnnualFourEyes = "annual_report_four_eyes_check" => "report.four_eyes",
            /// What was handed up stays.
            AnnualFinal = "annual_report_final_check" => "report.final",
            /// Reports of a unit go to one platform.
            ReachUp = "peer_reach_up_key" => "peer.reach_taken",
            /// Reports of a unit come from one platform.
            ReachDown = "peer_reach_down_key" => "peer.reach_taken",
            /// Nobody hands up to himself.
            ReachSame = "peer_reach_same_check" => "peer.reach_same",
            /// What is read is of a unit.
            ReachOpen = "peer_reach_open_check" => "peer.reach_open",
            /// A round goes up once.
            ReportWayPaper = "report_way_paper_key" => "report.moved",
            /// A report goes out or comes in.
            ReportWayDirection = "report_way_direction_check" => "store.failed",
            /// Figures have their digest.
            ReportWayDigest = "report_way_digest_check" => "exchange.digest",
            /// A report stands somewhere on its way, with a receipt once it is there.
            ReportWayState = "report_way_state_check" => "store.failed",
            /// What went up stays.
            ReportWayFinal = "report_way_final_check" => "exchange.final",
            /// A message is about one paper.
            MessagePaper = "peer_message_paper_check" => "store.failed",
            /// Messages of a report are counted.
            MessageReport = "peer_message_report_key" => "exchange.repeated",
            /// A field is in one of the known forms.
            FieldKindKnown = "exchange_field_kind_check" => "store.failed",
            /// A record has a number.
            RecordKey = "exchange_record_key_check" => "exchange.malformed",
            /// Records are told or asked for.
            TrafficKind = "exchange_traffic_kind_check" => "store.failed",
            /// A car that goes is not ordered.
            OrderGone = "dispatch_order_gone_check" => "order.vehicle_gone",
            /// A car that is ordered does not go.
            VehicleOrdered = "vehicle_ordered_check" => "vehicle.ordered",
            /// A car that is gone does not come back.
            VehicleGone = "vehicle_gone_check" => "vehicle.gone",
        }
    };
}
