//! The named constraints of the schema, each with the code that people and programs see.

/// Declares the constraints: variant, name in the schema, code that people see.
macro_rules! constraints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $code:literal,)*) => {
        /// A named constraint of the schema.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Constraint {
            $($(#[$doc])* $variant,)*
        }

        impl Constraint {
            /// Every constraint that has a name.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in the schema.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The code that people and programs see.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub(super) fn of(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

constraints! {
    /// Numbers of audit entries begin at one.
    AuditEntrySeq = "audit_entry_seq_check" => "audit.seq",
    /// There is one audit log.
    AuditHeadOne = "audit_head_one_check" => "audit.head",
    /// One image a version.
    FirmwareVersion = "firmware_image_version_key" => "firmware.version_taken",
    /// One version an image.
    FirmwareImage = "firmware_image_sha256_key" => "firmware.image_taken",
    /// A signature has 64 bytes.
    FirmwareSignature = "firmware_image_signature_check" => "firmware.signature",
    /// One rollout of a version in a unit at a time.
    FirmwareRolloutOpen = "firmware_rollout_open_key" => "firmware.rollout_open",
    /// A rollout stands in one of its states.
    FirmwareRolloutState = "firmware_rollout_state_check" => "firmware.state",
    /// A rollout is in one of its stages.
    FirmwareRolloutStage = "firmware_rollout_stage_check" => "firmware.stages",
    /// The failure limit is a share.
    FirmwareRolloutLimit = "firmware_rollout_limit_check" => "firmware.limit",
    /// A device stands in one of the states of a rollout.
    FirmwareTargetState = "firmware_target_state_check" => "firmware.target_state",
    /// The image exists.
    FirmwareImageKnown = "firmware_rollout_image_id_fkey" => "firmware.unknown",
    /// The unit of a rollout exists.
    FirmwareUnitKnown = "firmware_rollout_unit_id_fkey" => "unit.unknown",
    /// The level of a unit is 1 to 4.
    UnitLevel = "unit_level_check" => "unit.level",
    /// The region code has six digits.
    UnitRegionCode = "unit_region_code_check" => "unit.region_code",
    /// A unit is not its own parent.
    UnitParent = "unit_parent_check" => "unit.parent",
    /// The parent unit exists.
    UnitParentKnown = "unit_parent_id_fkey" => "unit.unknown",
    /// A unit is of one of the kinds.
    UnitKind = "unit_kind_check" => "unit.kind",
    /// A unit works, or does not any more.
    UnitStatus = "unit_status_check" => "unit.status",
    /// One unit a credit code.
    UnitCreditCode = "unit_credit_code_key" => "unit.credit_code_taken",
    /// One name among those below one unit.
    UnitSibling = "unit_sibling_key" => "unit.name_taken",
    /// The successor exists.
    UnitSuccessorKnown = "unit_successor_id_fkey" => "unit.unknown",
    /// A merged unit, and no other, has a successor.
    UnitSuccessor = "unit_successor_check" => "unit.status",
    /// The history knows the act.
    UnitHistoryAct = "unit_history_act_check" => "unit.act",
    /// There is one revision.
    UnitRevision = "unit_revision_single_check" => "store.failed",
    /// One line a code.
    LineCode = "line_code_key" => "line.code_taken",
    /// One line a name.
    LineName = "line_name_key" => "line.name_taken",
    /// A unit of a line exists.
    LineUnitKnown = "line_unit_unit_id_fkey" => "unit.unknown",
    /// The unit above is in the line.
    LineAbove = "line_unit_parent_fkey" => "line.above_outside",
    /// A unit of a line is not its own superior.
    LineCircle = "line_unit_parent_check" => "unit.circle",
    /// A unit does not lie below itself.
    UnitCircle = "unit_circle_check" => "unit.circle",
    /// One local role a name in a unit.
    LocalRoleName = "local_role_name_key" => "role.name_taken",
    /// A local role is made of none of the three administrators.
    LocalRoleBase = "local_role_base_check" => "role.administrator",
    /// A local role has functions.
    LocalRoleFunctions = "local_role_functions_check" => "role.empty",
    /// A local role is retired, not changed.
    LocalRoleFinal = "local_role_final_check" => "role.final",
    /// A grant of a local role is what that allows, and where.
    GrantLocalRole = "account_grant_local_role_check" => "grant.local_role",
    /// A grant ends after it begins.
    GrantTerm = "account_grant_during_check" => "grant.term",
    /// A delegation has an end.
    GrantEndless = "account_grant_delegation_check" => "grant.endless",
    /// Nobody is two of the three administrators.
    GrantSeparated = "account_grant_separation_excl" => "grant.separated",
    /// A role is delegated to one at a time.
    GrantDelegated = "account_grant_delegation_excl" => "grant.delegated",
    /// The unit of a grant exists.
    GrantUnitKnown = "account_grant_unit_id_fkey" => "unit.unknown",
    /// One account a login.
    AccountLogin = "account_login_key" => "account.login_taken",
    /// A login is lower case and short.
    AccountLoginForm = "account_login_check" => "account.login_form",
    /// An account's unit exists.
    AccountUnitKnown = "account_unit_id_fkey" => "unit.unknown",
    /// A token belongs to one session.
    AccountSessionToken = "account_session_token_key" => "session.token_taken",
    /// A session is a browser's or a program's.
    AccountSessionKind = "account_session_kind_check" => "session.kind",
    /// A session was vouched for by a password or by the identity provider.
    AccountSessionVouched = "account_session_vouched_by_check" => "session.vouched_by",
    /// One account a subject.
    AccountIdentitySubject = "account_identity_subject_key" => "identity.taken",
    /// One account a staff number.
    AccountIdentityExpected = "account_identity_expected_key" => "identity.taken",
    /// A binding says how the person is recognised.
    AccountIdentityKnown = "account_identity_known_check" => "identity.empty",
    /// One answer a key.
    IdempotentAnswer = "idempotent_answer_pkey" => "request.repeated",
    /// One vehicle a number.
    VehicleNo = "vehicle_no_key" => "vehicle.no_taken",
    /// One vehicle a plate.
    VehiclePlate = "vehicle_plate_key" => "vehicle.plate_taken",
    /// One vehicle a VIN.
    VehicleVin = "vehicle_vin_key" => "vehicle.vin_taken",
    /// The powertrain is one of the known ones.
    VehiclePowertrain = "vehicle_powertrain_check" => "vehicle.powertrain",
    /// A vehicle has 1 to 99 seats.
    VehicleSeats = "vehicle_seats_check" => "vehicle.seats",
    /// A vehicle's unit exists.
    VehicleUnitKnown = "vehicle_unit_id_fkey" => "unit.unknown",
    /// A file is kept once under each kind of a vehicle's papers.
    DocumentContent = "vehicle_document_content_key" => "document.taken",
    /// A paper is what its hash says.
    DocumentHash = "vehicle_document_hash_check" => "document.hash",
    /// A paper without content was deleted by somebody, with a reason.
    DocumentDeletion = "vehicle_document_deletion_check" => "document.deletion",
    /// A lesson takes its time.
    StudyMinutes = "driver_study_minutes_check" => "driver.study_minutes",
    /// A quarter is one of four.
    ScoreQuarter = "driver_score_quarter_check" => "driver.quarter",
    /// A driver's quarter has one score.
    ScoreOnce = "driver_score_pkey" => "driver.quarter",
    /// A lesson is written down once.
    Study = "driver_study_key" => "driver.study_taken",
    /// A seal is for a holiday or not.
    SealKind = "vehicle_seal_kind_check" => "seal.kind",
    /// A seal begins, and ends after it began.
    SealSpan = "vehicle_seal_during_check" => "seal.span",
    /// A sealed car has not been driven.
    SealOdometer = "vehicle_seal_odometer_check" => "seal.odometer",
    /// Who opened a seal and why is known, and only then is it open.
    SealOpening = "vehicle_seal_opening_check" => "seal.opening",
    /// Who approves an opening does not carry it out.
    SealFourEyes = "vehicle_seal_four_eyes_check" => "seal.four_eyes",
    /// A car is sealed once at a time.
    SealAgain = "vehicle_seal_excl" => "seal.already",
    /// A car that is ordered is not sealed.
    SealOrdered = "vehicle_seal_ordered_check" => "seal.vehicle_ordered",
    /// A car that is sealed is not ordered.
    OrderSealed = "dispatch_order_sealed_check" => "order.vehicle_sealed",
    /// A car stays in use over a holiday from its beginning to its end.
    HolidayUseSpan = "holiday_use_during_check" => "seal.span",
    /// A car stays in use once over a holiday.
    HolidayUseAgain = "holiday_use_excl" => "seal.use_already",
    /// One device a terminal id.
    DeviceTerminal = "device_terminal_key" => "device.terminal_taken",
    /// The protocol is one that the gateway speaks.
    DeviceProtocol = "device_protocol_check" => "device.protocol",
    /// The bound device exists.
    BindingDeviceKnown = "device_binding_device_id_fkey" => "device.unknown",
    /// The bound vehicle exists.
    BindingVehicleKnown = "device_binding_vehicle_id_fkey" => "vehicle.unknown",
    /// A device is in one vehicle at a time.
    BindingDevice = "device_binding_device_excl" => "device.already_bound",
    /// A vehicle has one device at a time.
    BindingVehicle = "device_binding_vehicle_excl" => "vehicle.already_bound",
    /// The unit in which a device lies exists.
    DeviceUnitKnown = "device_unit_id_fkey" => "unit.unknown",
    /// The platform that speaks for a device exists.
    DevicePlatformKnown = "device_platform_id_fkey" => "platform.unknown",
    /// One platform a login.
    PlatformLogin = "gb32960_platform_login_key" => "platform.login_taken",
    /// A platform's login has 1 to 12 plain characters.
    PlatformLoginForm = "gb32960_platform_login_check" => "platform.login_form",
    /// A platform's unit exists.
    PlatformUnitKnown = "gb32960_platform_unit_id_fkey" => "unit.unknown",
    /// One platform an access code.
    PlatformAccessCode = "gb32960_platform_access_code_key" => "platform.access_code_taken",
    /// A platform of JT/T 809 has an access code, no other has one.
    PlatformAccessCodeForm = "gb32960_platform_access_code_check" => "platform.access_code",
    /// A platform speaks one of two protocols.
    PlatformProtocol = "gb32960_platform_protocol_check" => "platform.protocol",
    /// The encryption of JT/T 809 has three constants.
    PlatformCipher = "gb32960_platform_cipher_check" => "platform.cipher",
    /// One platform a code.
    PeerCode = "peer_platform_code_key" => "peer.code_taken",
    /// A platform calls itself by plain characters.
    PeerCodeForm = "peer_platform_code_check" => "peer.code",
    /// A platform is of one of four levels.
    PeerLevel = "peer_platform_level_check" => "unit.level",
    /// A platform is of an administrative division.
    PeerRegion = "peer_platform_region_code_check" => "unit.region_code",
    /// Messages are signed in one of the known ways.
    PeerAlgorithm = "peer_platform_algorithm_check" => "peer.algorithm",
    /// The unit beside which a platform stands exists.
    PeerUnitKnown = "peer_platform_unit_id_fkey" => "unit.unknown",
    /// A paper of a platform comes once.
    HandOverPaper = "hand_over_paper_key" => "exchange.repeated",
    /// A request is on one way at a time.
    HandOverOpen = "hand_over_open_key" => "exchange.already_out",
    /// A request goes out or comes in.
    HandOverDirection = "hand_over_direction_check" => "exchange.direction",
    /// It stands in one of its states.
    HandOverState = "hand_over_state_check" => "exchange.hand_over_state",
    /// What is called back goes somewhere.
    HandOverRecalled = "hand_over_recalled_check" => "exchange.hand_over_state",
    /// What is settled has its total.
    HandOverSettled = "hand_over_settled_check" => "exchange.settlement",
    /// Nothing costs less than nothing.
    HandOverTotal = "hand_over_total_positive_check" => "exchange.settlement",
    /// A confidential trip goes to no other platform.
    HandOverConfidential = "hand_over_confidential_check" => "exchange.confidential",
    /// What is over stays as it is.
    HandOverFinal = "hand_over_final_check" => "exchange.final",
    /// Messages of a paper are counted.
    PeerMessageSequence = "peer_message_sequence_key" => "exchange.repeated",
    /// A message is of one of the kinds.
    PeerMessageKind = "peer_message_kind_check" => "exchange.kind",
    /// A message stands in one of its states.
    PeerMessageState = "peer_message_state_check" => "exchange.kind",
    /// A message that is over ended once.
    PeerMessageEnded = "peer_message_ended_check" => "exchange.kind",
    /// A word of ours has one of theirs.
    ExchangeWordOurs = "exchange_word_ours_key" => "exchange.word_taken",
    /// A word of theirs has one of ours.
    ExchangeWordTheirs = "exchange_word_theirs_key" => "exchange.word_taken",
    /// A word is of one of the kinds.
    ExchangeWordKind = "exchange_word_kind_check" => "exchange.word_kind",
    /// A word is not empty.
    ExchangeWordForm = "exchange_word_theirs_check" => "exchange.word",
    /// One vehicle a toll unit.
    VehicleObu = "vehicle_obu_key" => "vehicle.obu_taken",
    /// The state of a command is one of the known ones.
    CommandState = "terminal_command_state_check" => "command.state",
    /// A command ends after it began.
    CommandExpiry = "terminal_command_expiry_check" => "command.expiry",
    /// A frame goes up or down.
    FrameDirection = "device_frame_direction_check" => "frame.direction",
    /// A vehicle begins one trip at an instant.
    TripStart = "trip_vehicle_start_key" => "trip.repeated",
    /// A vehicle begins one stop at an instant.
    StopStart = "vehicle_stop_vehicle_from_key" => "stop.repeated",
    /// An alarm comes from a source that we know.
    AlarmSource = "vehicle_alarm_source_check" => "alarm.source",
    /// An alarm is yellow or red.
    AlarmColour = "vehicle_alarm_colour_check" => "alarm.colour",
    /// An alarm does not end before it begins.
    AlarmSpan = "vehicle_alarm_span_check" => "alarm.span",
    /// An exemption stands on one of the legal bases.
    ExemptionBasis = "vehicle_exemption_basis_check" => "exempt.basis",
    /// An exemption begins, and ends after it began.
    ExemptionSpan = "vehicle_exemption_during_check" => "exempt.span",
    /// Who ended an exemption, and by which document, is known, and only then has it ended.
    ExemptionEnd = "vehicle_exemption_end_check" => "exempt.end",
    /// A vehicle is exempt once at a time.
    ExemptionAgain = "vehicle_exemption_excl" => "exempt.already",
    /// An exemption is ended, not changed.
    ExemptionFinal = "vehicle_exemption_final_check" => "exempt.final",
    /// An exemption does not reach into days that have become history.
    ExemptionHistory = "vehicle_exemption_history_check" => "exempt.history",
    /// Nothing is stored of where an exempt vehicle is.
    VehicleExempt = "vehicle_exempt_check" => "vehicle.exempt",
    /// One account a driver.
    DriverAccount = "driver_account_key" => "driver.account_taken",
    /// A driver works or does not.
    DriverStatusKnown = "driver_status_check" => "driver.status",
    /// A licence is of one of the classes.
    DriverLicence = "driver_licence_check" => "driver.licence_class",
    /// Of a licence's number the last four characters are kept.
    DriverLicenceTail = "driver_licence_tail_check" => "driver.licence_tail",
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
    /// A car that goes is not ordered.
    OrderGone = "dispatch_order_gone_check" => "order.vehicle_gone",
    /// A car that is ordered does not go.
    VehicleOrdered = "vehicle_ordered_check" => "vehicle.ordered",
    /// A car that is gone does not come back.
    VehicleGone = "vehicle_gone_check" => "vehicle.gone",
}
